import { expect } from 'vitest'
import { type Decoded, type Framing, TooLong } from '../../src/wire/framing/framing.ts'
import { encode } from '../../src/wire/text.ts'

/** Returns all messages of bytes that arrive in pieces, and of the rest if the stream then ends. */
export function decodeAll(framing: Framing, pieces: readonly Uint8Array[], limit?: number, ended = false): Decoded[] {
  const decoder = framing.decoder(limit)
  const messages: Decoded[] = []
  const drain = (next: () => Decoded) => {
    for (let message = next(); message !== undefined; message = next()) {
      messages.push(message)
      if (message === TooLong) return
    }
  }
  for (const piece of pieces) {
    decoder.push(piece)
    drain(() => decoder.next())
    if (messages.at(-1) === TooLong) return messages
  }
  if (ended && decoder.pending > 0) drain(() => (decoder.pending > 0 ? decoder.rest() : undefined))
  return messages
}

/** Splits the bytes at the given places, modulo their number; each piece has memory of its own. */
export function splitAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b)
  return [0, ...sorted].map((from, i) => bytes.slice(from, sorted[i] ?? bytes.length))
}

/** Concatenates the pieces. */
export function concatBytes(...parts: readonly (Uint8Array | string)[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...(typeof part === 'string' ? encode(part) : part)]))
}

/** The input with which every decoder is tested. */
export interface Trial {
  readonly framing: Framing
  /** The bytes of the stream. */
  readonly bytes: Uint8Array
  /** The messages in them. */
  readonly messages: readonly Decoded[]
  readonly limit?: number
  /** Random places at which the stream is split. */
  readonly cuts?: readonly number[]
  /** Bytes that may follow without a change to the earlier messages. */
  readonly behind?: Uint8Array
  /** Whether the stream ends with them. */
  readonly ended?: boolean
}

/** Expects the same messages from the bytes whole, byte by byte, split at random places, and with bytes behind them. */
export function expectDecoded({ framing, bytes, messages, limit, cuts = [], behind, ended }: Trial): void {
  const every = Array.from(bytes, (_, i) => i)
  expect(decodeAll(framing, [bytes], limit, ended), 'whole').toEqual(messages)
  expect(decodeAll(framing, splitAt(bytes, every), limit, ended), 'byte by byte').toEqual(messages)
  expect(decodeAll(framing, splitAt(bytes, cuts), limit, ended), `cut at ${cuts}`).toEqual(messages)
  if (behind === undefined) return
  const more = concatBytes(bytes, behind)
  const all = Array.from(more, (_, i) => i)
  const first = (pieces: Uint8Array[]) => decodeAll(framing, pieces, limit).slice(0, messages.length)
  expect(first([more]), 'something behind').toEqual(messages)
  expect(first(splitAt(more, all)), 'something behind, byte by byte').toEqual(messages)
  expect(first(splitAt(more, cuts)), `something behind, cut at ${cuts}`).toEqual(messages)
}
