import { type Hand, handOf } from '../games/hands.ts'

/** Sealed is a hand that was promised and not yet shown: `seal` is sent first, and `text` when both promises are there. */
export interface Sealed {
  readonly hand: Hand
  /** `<hand> <nonce>`; without the nonce, three hashes would tell everything. */
  readonly text: string
  readonly seal: string
}

/** Seals a hand with a nonce that nobody can guess. */
export async function sealed(hand: Hand): Promise<Sealed> {
  const text = `${hand} ${hex(globalThis.crypto.getRandomValues(new Uint8Array(16)))}`
  return { hand, text, seal: await sealOf(text) }
}

/** The seal that a message is: a SHA-256 in hex; `undefined` where it is none. */
export function asSeal(text: string): string | undefined {
  return /^[0-9a-f]{64}$/i.test(text) ? text.toLowerCase() : undefined
}

/** The hand that a message shows, if it is the one that was sealed. */
export async function opened(text: string, seal: string): Promise<Hand | undefined> {
  const [, hand = ''] = /^(\S+) \S/.exec(text) ?? []
  return (await sealOf(text)) === seal ? handOf(hand) : undefined
}

/** The SHA-256 of a text in hex. */
export async function sealOf(text: string): Promise<string> {
  return hex(new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))))
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
