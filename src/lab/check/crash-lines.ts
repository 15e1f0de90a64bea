/*
 * A program that ends by an error prints a report for programmers. In Python the last line of the report names the error, and
 * the lines before it name the places. In JavaScript and Java the first line names the error, and up to twenty lines with places and
 * fields follow; the last line is the version of Node. A student needs the line that names the error, in every language.
 */

/** Matches the line that names an error in Python, JavaScript and Java, such as `ValueError: invalid literal`. */
const NAMED_ERROR = /^(?:Uncaught )?(?:Exception in thread "[^"]*" )?[\w.$]*(?:Error|Exception|Interrupt|Exit)(?: \[\w+\])?(?::.*)?$/
/** Matches the lines that the C library prints before it aborts a program. */
const ABORTED = /^\*\*\* .+ \*\*\*: terminated$|: Assertion `.+' failed\.$/

/** Signs of an error that a program does not handle, in contrast to an exit code that it has chosen. */
const UNHANDLED = /Traceback \(most recent call last\)|^Uncaught|Unhandled '?error'? event|^ {4}at .+:\d+:\d+\)?$|Exception in thread/m

/** Signs of an error that has ended a thread, a task or a request, and not its process. */
const LOST_THREAD = /^Exception in thread|exception was never retrieved$|^Exception occurred during processing of request/m

/**
 * Returns the number of the line that says why a program has ended, or -1. If there are several such lines, returns the last, because an
 * error can cause further errors.
 */
export function findErrorLine(lines: readonly string[]): number {
  return lines.findLastIndex((line) => NAMED_ERROR.test(line.trimEnd()) || ABORTED.test(line.trimEnd()))
}

/** Quotes the line that says why a program has ended, by default its last line, to follow a sentence; `''` if it has printed nothing. */
export function quoteErrorLine(lines: readonly string[]): string {
  const line = lines[findErrorLine(lines)] ?? lines.at(-1)
  return line === undefined ? '' : `; it says ${JSON.stringify(line.trim())}`
}

/** Checks whether a program has ended by an error that it does not handle. */
export function isUnhandled({ signal }: { readonly signal?: string }, output: string): boolean {
  return signal !== undefined || UNHANDLED.test(output)
}

/** Checks whether a program has lost a thread or a task by an error that it does not handle. */
export function hasLostThread(output: string): boolean {
  return LOST_THREAD.test(output)
}
