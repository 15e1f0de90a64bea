import { isEnd, legalTransitions, type Transition } from '../../protocol/automaton.ts'
import type { MessageSpec } from '../../protocol/message-spec.ts'
import { quoteText } from '../../wire/text.ts'
import { toWatchedProtocol } from '../monitor/monitor.ts'
import type { MessageObservation } from '../monitor/observation.ts'
import type { Check, CheckSubject, Finding } from './check.ts'
import { connectProgram } from './connecting.ts'
import { findUnhandledError } from './interrupted.ts'
import { InterruptingTransport } from './interrupting-transport.ts'
import { playUntil } from './match.ts'
import { isPlayable } from './plays-to-the-end.ts'
import { QUOTED } from './program-output.ts'
import { lineAfter, type Waiting } from './reactions.ts'
import { endWithin } from './waiting.ts'
import { watchWire } from './wire-watch.ts'

/*
 * TCP may deliver two messages together, for example because a side has sent the second message before its turn: a person types ahead, or a program
 * does
 * not wait. The bytes behind the first message belong to the next turn. A program that treats all bytes of one read as one message drops the second
 * message, or treats both as one message, and then waits for a message that has arrived already.
 */

/**
 * Milliseconds for each answer before the two messages, and milliseconds of silence that show that the program has processed both.
 */
const SILENCE = 4000
const QUIET = 1200
/** Maximum number of conversations for one state: the judge plays another conversation if its side said goodbye by chance. */
const ATTEMPTS = 6
/** Distance of two seeds: the first choices of neighboring seeds resemble each other. */
const SPACING = 1000
/** Number of pauses after which the judge waits no longer. */
const PAUSES = 6

/** The check that a program reads two messages separately, each in its own turn, although they arrive together. */
export const sentAhead: Check = {
  name: 'sent-ahead',
  proves: 'reads in its next turn all bytes that arrive together with a message',
  level: 'robust',
  roles: ['client', 'server'],
  appliesTo: isPlayable,
  async run(subject) {
    const { automaton } = subject.program.protocol
    const visited = new Set<string>()
    for (const state of Object.keys(automaton.states).filter((one) => !isEnd(automaton, one))) {
      const next = messageAhead(subject, state)
      if (!next) continue
      let finding: Finding | undefined
      for (let attempt = 0; attempt < ATTEMPTS && !finding; attempt++)
        finding = await sendTwo({ ...subject, seed: subject.seed + SPACING * attempt }, state, next.example)
      for (const one of finding?.visited ?? []) visited.add(one)
      if (finding?.cause !== undefined) return { ...finding, visited }
    }
    return { sentence: 'every message was answered in its turn', visited }
  },
}

/**
 * Returns a message that the judge's side may send in its next turn, after its turn in the given state. Prefers a goodbye or a word,
 * because a move may break the rules of the game. Returns `undefined` if there is no such message, or if the framing does not allow two
 * messages in one piece.
 */
function messageAhead({ program, options, role }: CheckSubject, state: string): MessageSpec | undefined {
  const { automaton } = program.protocol
  const { toServer, toClient } = toWatchedProtocol(program, options)
  const framing = role === 'server' ? toServer : toClient
  if (framing.alone || framing.settle !== undefined) return undefined
  const isOwn = ({ from, form, name }: Transition) => from !== role && !form.closes && name !== automaton.refusal
  const own = legalTransitions(automaton, state).filter((step) => isOwn(step) && !step.form.bye)
  // nothing shows where a message without an end ends, so nothing can follow it in one piece
  if (own.some(({ form }) => form.unended)) return undefined
  const answers = own.flatMap(({ after }) => (after.some(isOwn) ? [] : after.filter(({ from, form }) => from === role && !form.bye)))
  const turns = answers.flatMap((answer) => (answer.after.some(isOwn) ? [answer.after] : answer.after.map(({ after }) => after)))
  const [first = []] = turns.filter((steps) => steps.some(isOwn))
  const forms = first.filter(isOwn).map(({ form }) => form)
  return forms.find(({ bye }) => bye) ?? forms.find(({ text }) => !text.includes('{')) ?? forms[0]
}

/**
 * Sends two messages in one piece; resolves to `undefined` if the first message happens to be a goodbye, because no turn follows a goodbye.
 */
async function sendTwo(subject: CheckSubject, state: string, text: string): Promise<Finding | undefined> {
  const { program, options, role, clock } = subject
  const connected = await connectProgram(subject)
  if ('sentence' in connected) return connected
  const { running } = connected
  const { toServer, toClient } = toWatchedProtocol(program, options)
  const watch = watchWire(subject, connected.transport)
  const sent = Promise.withResolvers<number>()
  const last = (role === 'server' ? toServer : toClient).encode(text)
  const transport = new InterruptingTransport(watch, { how: 'silence', last, isBehind: true, state, onInterrupt: sent.resolve })
  const { reached: seen, leave } = await playUntil({ ...subject, running, transport, silence: SILENCE }, sent.promise)
  if (seen !== undefined) await settle(subject, { running, watch, seen, state })
  const end = seen === undefined ? undefined : await endWithin(running, 0, clock)
  const crash = findUnhandledError(role, running, end)
  const finding = seen === undefined ? undefined : explain(subject, { running, watch, seen, state }, crash)
  await leave()
  return finding && { ...finding, observations: watch.observations, visited: watch.visited }
}

/** Waits until nothing more happens. If it is then the program's turn, the function types one line: the line for which the program may wait. */
async function settle(subject: CheckSubject, { running, watch, state }: Waiting): Promise<void> {
  const { automaton } = subject.program.protocol
  const { automatic } = automaton
  let line = automatic?.[subject.role] === true ? undefined : lineAfter(subject, state)
  for (let pauses = 0; pauses < PAUSES; pauses++) {
    const { length } = watch.observations
    if (await endWithin(running, QUIET, subject.clock)) return
    if (watch.observations.length > length) continue
    if (line === undefined || watch.turn !== subject.role) return
    running.type(line)
    line = undefined
  }
}

/** Explains how a program has handled two messages in one read; the finding has no cause if it has read both messages. */
function explain({ role, program }: CheckSubject, { running, watch, seen }: Waiting, crash: Finding | undefined): Finding | undefined {
  const isGoodbye = ({ name }: MessageObservation) => name !== undefined && program.protocol.automaton.messages[name]?.bye === true
  const since = watch.observations.slice(seen)
  const messages = since.filter((one) => one.kind === 'message')
  const [first, second] = messages.filter(({ from }) => from !== role)
  const answers = messages.filter(({ from }) => from === role)
  if (!first || !second) return { sentence: 'the conversation ended before the judge could send a second message' }
  if (isGoodbye(first)) return undefined
  const both = `${quoteText(first.text)} and ${quoteText(second.text)} arrived together, in one read`
  if (crash) return { ...crash, cause: 'glued-read', sentence: `${both}, and ${crash.sentence}` }
  const isRead = since.some((one) => one.kind === 'judged' && one.number === second.number && !one.violation)
  const isClosed = since.some((one) => one.kind === 'end' && one.from === role)
  const saidGoodbye = answers.slice(-1).some(isGoodbye)
  if (isClosed ? isRead || !saidGoodbye : watch.turn !== role && watch.turn !== 'none')
    return { sentence: `${both}, and the ${role} has read both messages` }
  const isTaken = answers.length === 0 || running.output.text().includes(second.text) || isClosed
  return {
    cause: isTaken ? 'glued-read' : 'drops-buffered-data',
    sentence: `${both}, and the ${role} ${isClosed ? 'treated them as one message and closed the connection' : `${answers.length === 0 ? 'answers neither' : 'has answered the first message only'}: it waits for a message that has arrived already`}`,
    lines: running.output.lastLines(QUOTED),
  }
}
