import { decode } from '../../wire/text.ts'
import type { OutputChunk } from './program-output.ts'

/** Minimum number of typed lines; with fewer lines, the times of the output show nothing. */
const FEWEST = 2

/**
 * Checks whether a program has held back its output. Such a program prints nothing from the first typed line to the last typed line, and then, at its
 * end, prints at least a line or a prompt for each typed line. The second condition excludes a program that prints little.
 */
export function isOutputHeldBack(chunks: readonly OutputChunk[]): boolean {
  const typed = chunks.filter(({ stream }) => stream === 'typed').length
  const first = chunks.findIndex(({ stream }) => stream === 'typed')
  const last = chunks.findLastIndex(({ stream }) => stream === 'typed')
  if (typed < FEWEST || toText(chunks.slice(0, first)).trim() !== '' || toText(chunks.slice(first, last)).trim() !== '') return false
  return countPieces(toText(chunks.slice(last + 1))) > typed
}

/** Returns the output of a program as text, without the typed lines. */
export function toText(chunks: readonly OutputChunk[]): string {
  return chunks
    .filter(({ stream }) => stream !== 'typed')
    .map(({ bytes }) => decode(bytes))
    .join('')
}

/** Returns the output of a program as a person sees it, with a line end in place of each typed line. */
export function toScreen(chunks: readonly OutputChunk[]): string {
  return chunks.map(({ stream, bytes }) => (stream === 'typed' ? '\n' : decode(bytes))).join('')
}

/** Counts lines, and prompts within a line. */
function countPieces(text: string): number {
  return text.split(/\n|(?<=[:?>]) +/).filter((piece) => piece.trim() !== '').length
}
