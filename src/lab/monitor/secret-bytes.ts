import type { Automaton } from '../../protocol/automaton.ts'
import type { Side } from '../../protocol/message-spec.ts'
import { findSecrets } from '../../protocol/violation-text.ts'
import type { ByteSpan } from '../../wire/framing/framing.ts'
import { findSecretsAfterKeyword, type SecretSpan, type SecretsContext } from '../../wire/secret-masking.ts'
import { decode, encode } from '../../wire/text.ts'
import type { WholeMessage } from './direction.ts'

/*
 * Secrets are parts of a text, but recordings hold bytes. If it is not certain which bytes belong to a secret, the functions return more
 * bytes: an additional star in a recording is better than a password.
 */

/** Longest header of a message, in bytes. */
const HEADER = 10

/** Returns the bytes of the secrets in a whole message. */
export function findSecretBytes({ text, raw, start, end, bytes }: WholeMessage, secrets: readonly SecretSpan[]): readonly ByteSpan[] {
  if (secrets.length === 0) return []
  const body = encode(text)
  const header = raw ? -1 : findBody(bytes, body)
  if (header < 0) return [{ start, end }]
  const from = start + header
  return secrets.map(([first, last]) => ({
    start: from + encode(text.slice(0, first)).length,
    end: from + encode(text.slice(0, last)).length,
  }))
}

/** Returns the bytes of the secrets in the beginning of a message: from the first secret on, because the rest is not known. */
export function findUnfinishedSecretBytes(
  { automaton, side, start, unread }: { automaton: Automaton; side: Side; start: number; unread: Uint8Array },
  context: SecretsContext,
): readonly ByteSpan[] {
  if (unread.length === 0) return []
  const text = decode(unread)
  const [first] = findSecrets(automaton, side, text, { ...context, whole: false })
  if (!first) return []
  const before = text.slice(0, first[0])
  return [{ start: before.includes('\ufffd') ? start : start + encode(before).length, end: start + unread.length }]
}

/**
 * Returns the bytes of a read that may be secrets, for a direction in which the monitor can no longer find messages. A server sends no
 * secrets.
 */
export function findSecretBytesIn(
  { automaton, side }: { automaton: Automaton; side: Side },
  bytes: Uint8Array,
  start: number,
): readonly ByteSpan[] {
  if (side === 'server') return []
  const isSuspicious = automaton.secrets !== undefined || findSecretsAfterKeyword(decode(bytes)).length > 0
  return isSuspicious ? [{ start, end: start + bytes.length }] : []
}

/** Returns the index of a body in the bytes of a message; -1 if it is not there. */
function findBody(bytes: Uint8Array, body: Uint8Array): number {
  for (let at = 0; at <= HEADER && at + body.length <= bytes.length; at++) {
    if (body.every((byte, place) => bytes[at + place] === byte)) return at
  }
  return -1
}
