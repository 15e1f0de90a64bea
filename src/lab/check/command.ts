import { split } from 'shlex'
import { errorMessage } from '../../base/errors.ts'
import { quoteText } from '../../wire/text.ts'
import type { Address } from '../../wire/transport.ts'

/** CommandError is the error for a command line that cannot start a program; its message is a sentence. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

/** Words that only a shell understands. No shell runs the command, so these words would reach the program as arguments. */
const OPERATORS: ReadonlySet<string> = new Set(['|', '||', '&', '&&', ';', '<', '>', '>>', '2>', '2>&1', '&>'])

/**
 * Splits the command line of a program into words as a POSIX shell does: blanks separate words, and quotes and backslashes protect blanks.
 * Throws a CommandError for an open quote, an empty command and the operators of a shell.
 */
export function parseCommand(text: string): readonly string[] {
  let words: readonly string[]
  try {
    words = split(text)
  } catch (error) {
    throw new CommandError(
      `the command ${quoteText(text)} has an open quote, or a backslash at its end (${errorMessage(error)}); close the quote, or remove the backslash`,
    )
  }
  const [first] = words
  if (first === undefined || first === '')
    throw new CommandError('the command is empty; give the command that starts the program, such as "python3 client.py"')
  const operator = words.find((word) => OPERATORS.has(word))
  if (operator !== undefined)
    throw new CommandError(
      `the command ${quoteText(text)} is not run by a shell, so ${operator} has no meaning in it; write sh -c '...' if it needs a shell`,
    )
  return words
}

/** Replaces `{HOST}` and `{PORT}` in the words of a command. */
export function fillCommand(words: readonly string[], { host, port }: Address): readonly string[] {
  return words.map((word) => word.replaceAll('{HOST}', host).replaceAll('{PORT}', String(port)))
}
