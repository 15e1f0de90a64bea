/** Person is who types and reads on this side: somebody at a terminal, or a program on pipes. */
export interface Person {
  /** Shows a line. */
  say(text?: string): void
  /**
   * Shows a prompt and answers with the line that is typed. `atEnd` is what the end of the input (Ctrl-D) stands for;
   * without it, the end of the input rejects with `EndOfInput`. Aborting takes the question back.
   */
  ask(prompt: string, atEnd?: string, signal?: AbortSignal): Promise<string>
}

/** EndOfInput: the person has gone (Ctrl-D, or a pipe that is used up) where the conversation has no word for that. */
export class EndOfInput extends Error {
  override readonly name = 'EndOfInput'

  constructor() {
    super('the input ended (Ctrl-D) before the conversation did')
  }
}

/** Nobody is at home: says go nowhere, and there is nobody to ask. */
export const nobody: Person = {
  say() {},
  ask: () => Promise.reject(new EndOfInput()),
}
