import type { TrialEvent } from '../../server/gateway/protocol-schemas.ts'
import { fromHex } from './escapes.ts'

/** TrialSide is a side of a trial: the page plays the client. */
export type TrialSide = 'client' | 'server'
type TrialMessage = Extract<TrialEvent, { type: 'message' }>

/** TrialRow is a line of the sequence of a trial: a message, a sentence, or the end of one direction. */
export type TrialRow =
  | ({
      readonly kind: 'message'
      readonly bytes: Uint8Array
    } & Pick<TrialMessage, 'from' | 'number' | 'name' | 'state' | 'standing' | 'violation' | 'wrongAt' | 'oddity'>)
  | { readonly kind: 'note'; readonly from: TrialSide; readonly sentence: string }
  | ({ readonly kind: 'ended' } & Omit<Extract<TrialEvent, { type: 'ended' }>, 'type'>)

/** TrialModel is a trial as the page shows it. */
export interface TrialModel {
  readonly link: 'none' | 'opening' | 'open' | 'over'
  /** The state of the conversation; missing before the server has reported it. */
  readonly state?: string | undefined
  readonly rows: readonly TrialRow[]
  /** Number of rows before the first of `rows`, which the page has dropped. */
  readonly dropped: number
  /** The bytes of each side that are no whole message yet. */
  readonly pending: Readonly<Record<TrialSide, Uint8Array>>
  /** The reason for which the server has ended the trial, or has not begun it. */
  readonly refusal?: string | undefined
  /** True if the client has closed its direction. */
  readonly isFinished: boolean
}

/** TrialInput is an event of the server, or a change of the connection. */
export type TrialInput =
  | TrialEvent
  | { readonly type: 'opening' }
  | { readonly type: 'closed'; readonly reason: string | undefined }
  | { readonly type: 'finishing' }

const NOTHING = new Uint8Array(0)
/** Maximum number of rows, and of pending bytes, that the page holds. */
const MOST = { rows: 500, pending: 4096 }

export const emptyTrial: TrialModel = {
  link: 'none',
  rows: [],
  dropped: 0,
  pending: { client: NOTHING, server: NOTHING },
  isFinished: false,
}

/** Folds an input into the trial. */
export function foldTrial(trial: TrialModel, input: TrialInput): TrialModel {
  switch (input.type) {
    case 'opening':
      return { ...emptyTrial, link: 'opening' }
    case 'begun':
      return { ...trial, link: 'open', state: input.state }
    case 'bytes':
      return addPending(trial, input.from, fromHex(input.bytes))
    case 'message':
      return addMessage(trial, input)
    case 'judged':
      return judge(trial, input)
    case 'note':
      return addRow(trial, { kind: 'note', from: input.from, sentence: input.sentence })
    case 'ended': {
      const { type, ...end } = input
      return { ...addRow(trial, { kind: 'ended', ...end }), state: end.state }
    }
    case 'refused':
      return { ...trial, refusal: input.sentence }
    case 'finishing':
      return { ...trial, isFinished: true }
    case 'closed':
      return { ...trial, link: 'over', refusal: trial.refusal ?? input.reason }
  }
}

function addPending(trial: TrialModel, from: TrialSide, bytes: Uint8Array): TrialModel {
  return { ...trial, pending: { ...trial.pending, [from]: join(trial.pending[from], bytes).slice(-MOST.pending) } }
}

/** Adds a message, which takes its bytes from those that were pending. */
function addMessage(
  trial: TrialModel,
  { from, size, number, name, state, standing, violation, wrongAt, oddity }: TrialMessage,
): TrialModel {
  const pending = trial.pending[from]
  const row: TrialRow = {
    ...{ kind: 'message', bytes: pending.slice(0, size), from, number, name, state, standing, violation, wrongAt, oddity },
  }
  return { ...addRow(trial, row), state, pending: { ...trial.pending, [from]: pending.slice(size) } }
}

/** Applies the verdict on an early message, which the server has read in the meantime. */
function judge(
  trial: TrialModel,
  { number, name, state, standing, violation, oddity }: Extract<TrialEvent, { type: 'judged' }>,
): TrialModel {
  const rows = trial.rows.map((row) =>
    row.kind === 'message' && row.number === number ? { ...row, name, state, standing, violation, oddity } : row,
  )
  return { ...trial, rows, state }
}

function addRow(trial: TrialModel, row: TrialRow): TrialModel {
  const rows = [...trial.rows, row]
  const excess = Math.max(0, rows.length - MOST.rows)
  return { ...trial, rows: rows.slice(excess), dropped: trial.dropped + excess }
}

function join(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length)
  both.set(one)
  both.set(other, one.length)
  return both
}
