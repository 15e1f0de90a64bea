import type { Side } from '../protocol/message-spec.ts'
import { compact, compactText, findSecretsAfterKeyword, type SecretSpan, type SecretsContext, toSpan } from '../wire/secret-masking.ts'

/** Matches a question of the front door that asks for a password, or the warning after the question. */
const ASKS_SECRET = /password.*\?|once more\?|^The new one|^\(It will (?:not )?show/im
/** Matches lines after which the front door asks for a password. */
const OPENS = /^\W*(?:log|reg|pass|unreg|name\b)/i
/**
 * The words of the commands after which no password follows, without the commands that take any text. This file lists the words because
 * every server loads the automaton of the front door, but not the commands. A test compares this list with the commands.
 */
export const PLAIN_COMMANDS =
  'games play seek invite join seeks cancel move board draw accept decline refuse claim abort wait resign rematch leave mine my go table mute ignore unmute unignore watchers tables watch who rank ladder history recent replay resume more next rules help ? telnet style quit exit bye'.split(
    ' ',
  )
/** The words of the commands that take any text. */
export const TALK_COMMANDS = 'say tell message msg whisper'.split(' ')
/** Matches whole lines that are commands or moves, so that they cannot be passwords. */
const COMMAND = new RegExp(
  `^(?:(?:${PLAIN_COMMANDS.join('|').replace('?', '\\?')})(?: [\\w-]{1,12}){0,2}|(?:${TALK_COMMANDS.join('|')}) .*|'.*|-?\\d{0,3}|[a-z]|[a-h]\\d)$`,
  'i',
)
/** Matches secret fields of the native protocol, also in a line that is not valid JSON; a group of the pattern has the value. */
const FIELD =
  /(["']?)\b(?:\w*p?ass?w(?:or?)?d?|pass(?:code|phrase)?|pwd|old|session|token|secret)\1\s*[:=]\s*(?:"((?:\\.|[^"\\])*)|([^"\s].*))/dgis

/** Finds the passwords, resume tokens and login sessions in a line of the front door or of the native protocol. */
export function findDoorSecrets(from: Side, text: string, context: SecretsContext): readonly SecretSpan[] {
  if (from === 'server') return fieldsIn(text)
  if (isHidden(text, context)) return toSpan(text, 0)
  const short = compact(text)
  const isNative = /^\s*\{/.test(short.text)
  const isCommand = isNative && isNativeCommand(short.text)
  if (isCommand && !/\b(?:login|register|password)[^"\w]/i.test(short.text)) return fieldsIn(text)
  const [field] = fieldsIn(short.text)
  if (isNative && field) return toSpan(text, short.places[field[0]] ?? 0)
  const starts = [...findSecretsAfterKeyword(text), ...fieldsIn(text)].map(([start]) => start)
  const argument = argumentOf(short.text)
  if (argument !== undefined) starts.push(short.places[argument] ?? 0)
  return starts.length === 0 ? [] : toSpan(text, Math.min(...starts))
}

/**
 * Checks whether the whole line can be a password: the answer to a question for a password, or a line that the user sent before the
 * question.
 */
function isHidden(text: string, { asked, before = '', whole = false }: SecretsContext): boolean {
  const isCommand = whole && COMMAND.test(compactText(text).trim())
  if (asked === undefined) return !isCommand && !/^\W*(?:[a-z]+ |\{)/i.test(text) && !OPENS.test(compactText(text))
  if (ASKS_SECRET.test(asked)) return true
  const earlier = before.split('\n').map((line) => compactText(line).trim())
  const at = earlier.findLastIndex((line) => OPENS.test(line) && !line.startsWith('{'))
  if (at >= 0 && at === earlier.length - 2) return true
  return !isCommand && earlier.some((line) => line !== '' && !COMMAND.test(line) && !line.startsWith('{'))
}

/** Returns the index of the text after "register" or "password", because users type the password after these words. */
function argumentOf(text: string): number | undefined {
  const found = /^\W*(?:register|password)\W+/i.exec(text)
  return found && found[0].length < text.length ? found[0].length : undefined
}

function fieldsIn(text: string): readonly SecretSpan[] {
  return [...text.matchAll(FIELD)].flatMap(({ indices }) => [indices?.[2] ?? indices?.[3]].flatMap((span) => (span ? [span] : [])))
}

function isNativeCommand(text: string): boolean {
  try {
    return typeof JSON.parse(text).type === 'string'
  } catch {
    return false
  }
}
