import type { Options } from '../protocol/definition.ts'
import type { NewRecording } from './recording-file.ts'
import type { OutputForm } from './view-output.ts'

/** JudgeSetup has everything that the judge's thread needs at its start. */
export interface JudgeSetup {
  /** Name of the program; `undefined` for all programs. */
  readonly name: string | undefined
  /**
   * Paths of the plug-ins. If the list is empty, the settings name the plug-ins. `undefined` means the shipped programs without plug-ins.
   */
  readonly plugins: readonly string[] | undefined
  /** The program's options. */
  readonly options: Options
  readonly secrets: boolean
  readonly hasFaults: boolean
  readonly recording: NewRecording | undefined
  /** Messages that a terminal shows in a second. */
  readonly limit: number
}

/** JudgeStart is a setup with the facts about standard output, and with the numbers that both threads share. */
export interface JudgeStart extends JudgeSetup {
  readonly output: OutputForm
  readonly counts: Int32Array<SharedArrayBuffer>
}

/** COUNT has the places of the numbers that both threads share. */
export const COUNT = {
  /** Bytes of the batches that wait for the judge. */
  batches: 0,
  /** Bytes of lines that wait for the reader of standard output. */
  lines: 1,
  /** Columns of the terminal. */
  columns: 2,
} as const

/** Ends the work of the judge's thread; every other message to that thread is a batch of events. */
export const CLOSE = 'close'

/** JudgeMessage is a message from the judge's thread to the main thread. */
export type JudgeMessage =
  | { readonly type: 'lines'; readonly bytes: Uint8Array }
  | { readonly type: 'complaint'; readonly sentence: string }
  /** The end of a connection. */
  | { readonly type: 'closed'; readonly violations: number }
  /** The end of all work; `isWhole` is false if the recording is not whole. */
  | { readonly type: 'done'; readonly isWhole: boolean }
