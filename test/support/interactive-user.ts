import { type Console, EndOfInput } from '../../src/protocol/definition.ts'
import { Changes } from './changes.ts'
import { settled } from './test-clock.ts'

interface Question {
  answer(line: string): void
  end(): void
}

/** InteractiveUser is a person who types at the command of a test; the screen shows the text as a terminal would. */
export class InteractiveUser implements Console {
  #screen = ''
  #question: Question | undefined
  readonly #changes = new Changes()

  get screen(): string {
    return this.#screen
  }

  set screen(text: string) {
    this.#screen = text
    this.#changes.note()
  }

  /** Whether a question is open. */
  get asked(): boolean {
    return this.#question !== undefined
  }

  say(text = ''): void {
    this.screen += `${text}\n`
  }

  ask(prompt: string, atEnd?: string, signal?: AbortSignal): Promise<string> {
    if (this.#question) throw new Error('this person is asked two questions at the same time')
    this.screen += prompt
    return new Promise((resolve, reject) => {
      const settle = (then: () => void) => {
        signal?.removeEventListener('abort', abort)
        this.#question = undefined
        then()
      }
      const abort = () => settle(() => reject(signal?.reason))
      this.#question = {
        answer: (line) => settle(() => resolve(line)),
        end: () => settle(() => (atEnd === undefined ? reject(new EndOfInput()) : resolve(atEnd))),
      }
      this.#changes.note()
      if (signal?.aborted) abort()
      else signal?.addEventListener('abort', abort)
    })
  }

  /** Resolves when a condition holds, which is checked after each text on the screen and each question. */
  until(met: () => boolean): Promise<void> {
    return this.#changes.until(met)
  }

  /** Types lines, each at the prompt that is open then. */
  async type(...lines: readonly string[]): Promise<void> {
    for (const line of lines) {
      if (!this.#question) throw new Error(`no question is open for ${JSON.stringify(line)}; the screen is ${JSON.stringify(this.screen)}`)
      this.screen += `${line}\n`
      this.#question.answer(line)
      await settled()
    }
  }

  /** Types Ctrl-D. */
  async leave(): Promise<void> {
    this.#question?.end()
    await settled()
  }
}
