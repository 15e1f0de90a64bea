import { type Hand, parseHand } from '../../games/scissors.ts'

/**
 * SealedHand is a hand in a commit-reveal exchange: each side first sends its `seal`, and sends its `text` only after it has received the
 * seal of the other side. So neither side can choose its hand after seeing the hand of the other side.
 */
export interface SealedHand {
  readonly hand: Hand
  /** `<hand> <nonce>`. Without the nonce, the seal would be one of three known hashes. */
  readonly text: string
  readonly seal: string
}

/** Seals a hand with a random nonce of 128 bits. */
export async function sealHand(hand: Hand): Promise<SealedHand> {
  const text = `${hand} ${hex(globalThis.crypto.getRandomValues(new Uint8Array(16)))}`
  return { hand, text, seal: await computeSeal(text) }
}

/** Parses a seal, a SHA-256 in hex, and returns it in lower case; `undefined` for any other text. */
export function parseSeal(text: string): string | undefined {
  return /^[0-9a-f]{64}$/i.test(text) ? text.toLowerCase() : undefined
}

/** Verifies a revealed text against its seal. Returns the hand; `undefined` if text and seal do not match. */
export async function verifyReveal(text: string, seal: string): Promise<Hand | undefined> {
  const [, hand = ''] = /^(\S+) \S/.exec(text) ?? []
  return (await computeSeal(text)) === seal ? parseHand(hand) : undefined
}

/** Computes the SHA-256 of a text in hex. */
export async function computeSeal(text: string): Promise<string> {
  return hex(new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))))
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
