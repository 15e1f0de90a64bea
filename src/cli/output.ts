import { fstatSync, writeSync } from 'node:fs'
import { messageOf } from '../terminal/trouble.ts'
import { complain } from './diagnostics.ts'

/** Why standard output takes nothing more, by the code of the system's error. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be too large',
  EIO: 'the device reports an error',
}

let isLost = false

/**
 * Watches standard output and standard error. A reader that is gone (EPIPE) is no mistake, and the program lives on. Another
 * error at standard output is printed on standard error, once, and `outputIsLost` is true from then on.
 */
export function watchOutput(): void {
  process.stderr.on('error', () => {})
  process.stdout.on('error', (error) => {
    if (isReaderGone(error) || isLost) return
    isLost = true
    const code = 'code' in error ? String(error.code) : ''
    complain(`what is printed cannot be written: ${REASONS[code] === undefined ? messageOf(error) : `${REASONS[code]} (${code})`}`)
  })
  if (isFile(1)) writeWhole()
}

/** True if a part of what was printed is lost. */
export function outputIsLost(): boolean {
  return isLost
}

/** Checks whether an error at an output says that its reader is gone. */
export function isReaderGone(error: Error): boolean {
  return 'code' in error && error.code === 'EPIPE'
}

/** Node's stream of a file takes a write of which the disk took a part for a whole one, so this one writes on until an error. */
function writeWhole(): void {
  process.stdout._write = (chunk: Uint8Array, _, done) => {
    try {
      for (let from = 0; from < chunk.length; ) from += writeSync(1, chunk, from)
      done()
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)))
    }
  }
}

function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile()
  } catch {
    return false
  }
}
