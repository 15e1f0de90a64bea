import type { EndObservation, JudgedObservation, MessageVerdict, Observation, UnfinishedObservation } from './observation.ts'

/** Note is a sentence about an observation. Every diagram shows the note under the arrow of the observation. */
export interface Note {
  readonly text: string
  /** `illegal` if the message is wrong, `odd` if it may be wrong. */
  readonly tone: 'illegal' | 'odd' | 'plain'
}

/** Returns the notes on an observation. */
export function toNotes(one: Observation): readonly Note[] {
  switch (one.kind) {
    case 'segment':
      return []
    case 'message':
      return verdictNotes(one)
    case 'judged':
      return [{ text: describeJudged(one), tone: 'plain' }, ...verdictNotes({ ...one, standing: 'legal' })]
    case 'unfinished':
      return [unfinishedNote(one)]
    case 'unreadable':
      return [{ text: one.sentence, tone: 'illegal' }]
    case 'gap':
      return [{ text: one.sentence, tone: 'odd' }]
    case 'end':
      return endNotes(one)
  }
}

const STANDINGS: Readonly<Partial<Record<MessageVerdict['standing'], string>>> = {
  crossed: 'crossed: its sender had not received everything above',
  late: 'too late: it crossed a message after which it is not legal, so the other side refuses it',
  early: 'early: it is not that side’s turn; the other side reads it later',
}

function verdictNotes({ standing, violation, oddity, refuses }: MessageVerdict): readonly Note[] {
  const special = STANDINGS[standing]
  return [
    ...(violation ? [{ text: `illegal: ${violation.sentence}`, tone: 'illegal' } as const] : []),
    ...(special === undefined ? [] : [{ text: special, tone: 'odd' } as const]),
    ...(oddity === undefined ? [] : [{ text: `odd: ${oddity}`, tone: 'odd' } as const]),
    ...(refuses === undefined ? [] : [{ text: `refuses message ${refuses}`, tone: 'plain' } as const]),
  ]
}

function describeJudged({ number, name = '', before, after, standing }: JudgedObservation): string {
  const how = standing === 'illegal' ? `is read in the state "${before}"` : `is read as ${name}: "${before}" → "${after}"`
  return `the early message ${number} ${how}`
}

function unfinishedNote({ sentence, final }: UnfinishedObservation): Note {
  return { text: sentence, tone: final ? 'illegal' : 'odd' }
}

function endNotes({ over, expected }: EndObservation): readonly Note[] {
  return over ? [] : [{ text: `the conversation is not over${expected === undefined ? '' : `: ${expected}`}`, tone: 'odd' }]
}
