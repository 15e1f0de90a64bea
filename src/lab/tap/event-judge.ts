import type { RecordingEntry } from '../recordings/recording.ts'
import type { ConversationSummary } from './conversation-summary.ts'
import type { RecordingJudge } from './recording-judge.ts'
import type { TapEvent } from './tap-event.ts'

export interface EventJudgeOptions {
  readonly judge: RecordingJudge
  /** Called with each entry, without the secrets that must not be stored. */
  readonly record?: ((entry: RecordingEntry) => void) | undefined
  /** Called with the summary of each connection at its end. */
  readonly onClosed?: ((summary: ConversationSummary) => void) | undefined
}

/** EventJudge passes the events of a tap to a judge, and the judged entries to a recording. */
export class EventJudge {
  readonly #options: EventJudgeOptions

  constructor(options: EventJudgeOptions) {
    this.#options = options
  }

  take(event: TapEvent): void {
    const { judge, record, onClosed } = this.#options
    switch (event.type) {
      case 'open':
      case 'segment':
      case 'end': {
        const judged = judge.take(event)
        record?.(judged)
        return
      }
      case 'closed': {
        const summary = judge.close(event.connection, event.at)
        if (summary) onClosed?.(summary)
        return
      }
      case 'sent on':
        return judge.takeSentOn(event)
      case 'fault':
        return judge.takeFault(event)
      case 'time':
        return judge.passTime(event.at)
    }
  }

  /** Ends the conversations of all connections that are still open. */
  closeAll(): void {
    for (const summary of this.#options.judge.closeAll()) this.#options.onClosed?.(summary)
  }
}
