import type { ProtocolReference } from '../../server/gateway/protocol-schemas.ts'

/** ProtocolStep is a legal message of a state. */
export type ProtocolStep = ProtocolReference['states'][number]['steps'][number]

/** StateTurn is the side whose turn it is in a state. */
export type StateTurn = 'client' | 'server' | 'either' | 'none'

/** Walk is a path through an automaton that a user takes step by step. */
export interface Walk {
  readonly steps: readonly ProtocolStep[]
  /** Number of steps up to the present state; the user has undone the later steps. */
  readonly at: number
}

export const emptyWalk: Walk = { steps: [], at: 0 }

/** Maximum number of steps of a walk; a longer walk drops its first steps. */
const LONGEST = 500

/** Returns the present state. */
export function stateOf({ start }: Pick<ProtocolReference, 'start'>, { steps, at }: Walk): string {
  return steps[at - 1]?.next ?? start
}

/** Returns the legal messages of a state; an end has no legal messages. */
export function legalSteps({ states }: Pick<ProtocolReference, 'states'>, state: string): readonly ProtocolStep[] {
  return states.find(({ name }) => name === state)?.steps ?? []
}

/** Takes a step, and drops the steps that the user has undone. */
export function takeStep({ steps, at }: Walk, step: ProtocolStep): Walk {
  const taken = [...steps.slice(0, at), step].slice(-LONGEST)
  return { steps: taken, at: taken.length }
}

/** Shows the state after a number of steps, earlier or later than the present state. */
export function goTo({ steps }: Walk, at: number): Walk {
  return { steps, at: Math.max(0, Math.min(steps.length, at)) }
}

/**
 * Returns the side whose turn it is: the side that may send a message other than a goodbye or a close. If no side may send such a message,
 * returns the side that may send a goodbye or a close. Returns `either` if both sides may send, and `none` at an end.
 */
export function speakerOf({ messages }: Pick<ProtocolReference, 'messages'>, steps: readonly ProtocolStep[]): StateTurn {
  const ends = new Set(messages.filter(({ bye, closes }) => bye || closes).map(({ name }) => name))
  const main = steps.filter(({ message }) => !ends.has(message))
  const sides = new Set((main.length > 0 ? main : steps).map(({ from }) => from))
  if (sides.size === 2) return 'either'
  const [side] = sides
  return side ?? 'none'
}
