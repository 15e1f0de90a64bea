import { type Console, EndOfInput } from '../../src/protocol/definition.ts'

/**
 * A person who types the given lines, one at each prompt, and then nothing more (Ctrl-D). `screen` has the text that
 * this person saw, with prompts and typed lines, as a terminal would show it.
 */
export class ScriptedUser implements Console {
  screen = ''
  /** The text that was printed beside the screen. */
  readonly complaints: string[] = []
  readonly #lines: string[]

  constructor(lines: readonly string[] = []) {
    this.#lines = [...lines]
  }

  say(text = ''): void {
    this.screen += `${text}\n`
  }

  warn(sentence: string): void {
    this.complaints.push(sentence)
  }

  async ask(prompt: string, atEnd?: string, signal?: AbortSignal): Promise<string> {
    if (signal?.aborted) throw signal.reason
    this.screen += prompt
    const line = this.#lines.shift() ?? atEnd
    if (line === undefined) throw new EndOfInput()
    this.screen += `${line}\n`
    return line
  }
}
