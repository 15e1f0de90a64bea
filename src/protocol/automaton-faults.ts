import { type Automaton, findTransition, legalTransitions, type Transition } from './automaton.ts'

/*
 * This file finds mistakes in a compiled automaton before its first conversation. Each of these mistakes would cause a deadlock: both sides
 * wait, and no message is illegal.
 */

/**
 * Finds the first mistake of an automaton that would make both sides wait forever. Returns the mistake as the predicate of a sentence about
 * the automaton; `undefined` if there is no such mistake.
 */
export function findStandstill(automaton: Automaton): string | undefined {
  const { refusal } = automaton
  if (refusal === undefined) return undefined
  const states = Object.keys(automaton.states)
  const steps = states.flatMap((state) => legalTransitions(automaton, state).map((step) => ({ state, step })))
  if (!steps.some(({ step }) => step.name === refusal))
    return `has the refusal ${refusal}, but no state has it: so after a refused move the client could not send again; add it to the state in which the server answers a move, as in judging: { ${refusal}: 'aiming' }`
  const unasked = steps.find(({ step: { form, name, after } }) => form.asks === true && !allowsAgain(after, name))
  if (!unasked) return undefined
  const { name, next } = unasked.step
  return `has the message ${name}, which asks (a request), so the server sends it again after a refusal; but the state "${next}", to which it leads, does not allow it: add ${name}: '${next}' to that state, or leave out "asks"`
}

/**
 * Checks whether the state after a request allows the request again. Returns true also if the client sends nothing in that state, because
 * then there is no answer to refuse.
 */
function allowsAgain(after: readonly Transition[], name: string): boolean {
  return after.every(({ from }) => from === 'server') || findTransition(after, name) !== undefined
}
