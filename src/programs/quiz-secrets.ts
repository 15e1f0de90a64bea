import type { Side } from '../protocol/automaton.ts'
import { compact, compactText, findSecretsAfterKeyword, hasKeyword, type SecretSpan, type SecretsContext, toSpan } from '../wire/masking.ts'

/** Matches the start of a message without a password, also with a student's slips: in quotes, or in lower case. */
const KNOWN =
  /^[^a-z\d]*(?:\d+:)?(?:[bu]?['"] *)?(?:(?:NAME|START|RESUME|QUIT|ANSWER|Welcome|RESUMED|QUESTION|RIGHT|WRONG|TOTAL|RANK)\b|START *[+-]?\d|[A-Z]+ \S+ HTTP\/)/i
const FIRST_WORD = /^[^a-z\d]*[a-z\d]*/i

/**
 * Finds the passwords in a message of the quiz. A client's text that is no message of the protocol can be a misspelt `LOGIN`,
 * so everything after its first word is a secret; after a `LOGIN` without a password, the first word is a secret too.
 */
export function findQuizSecrets(
  from: Side,
  text: string,
  { last = '', before = '', whole = false }: SecretsContext,
): readonly SecretSpan[] {
  if (from === 'server') return []
  const behindKeyword = findSecretsAfterKeyword(text)
  if (behindKeyword.length > 0) return behindKeyword
  if (KNOWN.test(compactText(text)) || hasKeyword(text)) return []
  const short = compact(text)
  const first = FIRST_WORD.exec(short.text)?.[0] ?? ''
  const rest = toSpan(text, first.length === 0 ? 0 : (short.places[first.length - 1] ?? 0) + 1)
  const isAnswer = whole && /^\W*\w?\W*$/.test(short.text)
  if (rest.length > 0 && !isAnswer && short.text.slice(first.length).trim() !== '') return rest
  return !isAnswer && (hasKeyword(last) || hasKeyword(before)) ? toSpan(text, 0) : []
}
