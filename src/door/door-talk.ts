import type { Side } from '../protocol/message-spec.ts'
import type { SecretSpan } from '../wire/secret-masking.ts'

/** Matches a whole line that is a command without a text for people; its arguments are names, numbers and settings. */
const COMMAND =
  /^\s*(?:play|games|help|who|tables|seeks|board|go|watch|unwatch|leave|quit|more|challenge|invite|accept|decline|cancel|draw|resign|claim|rules|rank|history|telnet|style|seats|people|house|mute|unmute)(?: [\w-]{1,20}){0,4}\s*$/i
/** Matches commands after which a password, a token or a code may follow. If such a command has an argument, the line is talk. */
const BARE = /^\s*(?:login|logout|register|unregister|password|resume|join)\s*$/i
/** Matches a move, as people type it. */
const MOVE = /^\s*(?:-?\d{1,3}|[a-z]|[a-h]\d)\s*$/i
/** Matches a field with a text of a user in the native protocol. */
const TEXT = /"text"\s*:\s*"((?:\\.|[^"\\])*)"/dg

/**
 * Finds the talk in a line of the front door, and of the native protocol. Every typed line that is neither a command nor a move is talk.
 * The lines for people can contain talk in any place, so the whole line is talk. In the native protocol, the field `text` is
 * talk.
 */
export function findDoorTalk(from: Side, text: string): readonly SecretSpan[] {
  const all: readonly SecretSpan[] = text === '' ? [] : [[0, text.length]]
  if (/^\s*\{/.test(text)) return findInJson(text) ?? all
  return from === 'client' && [COMMAND, BARE, MOVE].some((pattern) => pattern.test(text)) ? [] : all
}

/** Finds the fields `text`; `undefined` if the line is not JSON, or if a field `text` has another form. */
function findInJson(line: string): readonly SecretSpan[] | undefined {
  let count = 0
  try {
    JSON.parse(line, (key, value) => {
      if (key === 'text') count++
      return value
    })
  } catch {
    return undefined
  }
  const spans = Array.from(line.matchAll(TEXT), ({ indices }) => indices?.[1]).filter((span) => span !== undefined)
  return spans.length === count ? spans : undefined
}
