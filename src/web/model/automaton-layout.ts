import type { ProtocolReference } from '../../server/gateway/protocol-schemas.ts'

/** LaidEdge is an arrow of a drawn automaton: all messages of one side that lead from one state to another. */
export interface LaidEdge {
  readonly from: string
  readonly to: string
  readonly side: 'client' | 'server'
  readonly messages: readonly string[]
  /** The line as the data of an SVG path; the tip of the arrow is at the end of the line. */
  readonly path: string
  /** The lines of the label, and the middle of the label. */
  readonly lines: readonly string[]
  readonly x: number
  readonly y: number
}

/** AutomatonLayout has the places of the states and arrows of an automaton, in pixels from the left and from the top. */
export interface AutomatonLayout {
  readonly width: number
  readonly height: number
  /** The middle and the size of each state. */
  readonly states: Readonly<Record<string, { readonly x: number; readonly y: number; readonly width: number; readonly height: number }>>
  readonly edges: readonly LaidEdge[]
}

/**
 * Checks whether a layout draws exactly the states and transitions of a protocol. A plug-in, or a server of another version, can have a
 * program with the same name and another automaton.
 */
export function isLayoutOf({ states, edges }: AutomatonLayout, protocol: Pick<ProtocolReference, 'states'>): boolean {
  const drawn = edges.flatMap(({ from, to, side, messages }) => messages.map((message) => toKey([from, message, side, to])))
  const needed = protocol.states.flatMap(({ name, steps }) => steps.map(({ message, from, next }) => toKey([name, message, from, next])))
  const names = protocol.states.map(({ name }) => name)
  return isSame(Object.keys(states), names) && isSame(drawn, needed)
}

function toKey(parts: readonly string[]): string {
  return JSON.stringify(parts)
}

/** Checks whether two lists have the same items, in any order. */
function isSame(one: readonly string[], other: readonly string[]): boolean {
  const sorted = [...other].sort()
  return one.length === other.length && [...one].sort().every((item, at) => item === sorted[at])
}
