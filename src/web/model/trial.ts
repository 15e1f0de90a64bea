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

/** TrialModel is the state of a trial that the page shows. */
export interface TrialModel {
  readonly link: 'none' | 'opening' | 'open' | 'over'
  /** The state of the conversation; missing before the first report of the server. */
  readonly state?: string | undefined
  readonly rows: readonly TrialRow[]
  /** Number of rows before `rows` that the page has dropped. */
  readonly dropped: number
  /** The bytes of each side that are not a whole message yet, in hexadecimal. */
  readonly pending: Readonly<Record<TrialSide, string>>
  /** The reason why the server has ended the trial, or has not begun the trial. */
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

/** Maximum number of rows, and maximum number of pending bytes, that the page stores. */
const MOST = { rows: 500, pending: 4096 }

export const emptyTrial: TrialModel = {
  link: 'none',
  rows: [],
  dropped: 0,
  pending: { client: '', server: '' },
  isFinished: false,
}

/** Returns the state of the trial after an event of the server or a change of the connection. */
export function foldTrial(trial: TrialModel, input: TrialInput): TrialModel {
  switch (input.type) {
    case 'opening':
      return { ...emptyTrial, link: 'opening' }
    case 'begun':
      return { ...trial, link: 'open', state: input.state }
    case 'bytes':
      return addPending(trial, input.from, input.bytes)
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

function addPending(trial: TrialModel, from: TrialSide, bytes: string): TrialModel {
  return { ...trial, pending: { ...trial.pending, [from]: `${trial.pending[from]}${bytes}`.slice(-2 * MOST.pending) } }
}

/** Adds a message, and removes the bytes of the message from the pending bytes. */
function addMessage(
  trial: TrialModel,
  { from, size, number, name, state, standing, violation, wrongAt, oddity }: TrialMessage,
): TrialModel {
  const pending = trial.pending[from]
  const row: TrialRow = {
    ...{ kind: 'message', bytes: fromHex(pending.slice(0, 2 * size)), from, number, name, state, standing, violation, wrongAt, oddity },
  }
  return { ...addRow(trial, row), state, pending: { ...trial.pending, [from]: pending.slice(2 * size) } }
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
