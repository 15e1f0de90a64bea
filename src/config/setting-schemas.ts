import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { joinWords } from '../base/counts.ts'
import { formatSpan, parseSpan } from '../base/durations.ts'
import { formatSize, parseSize } from '../base/sizes.ts'
import { type OptionVerb, parseFaults, toRules } from '../lab/faults/grammar.ts'
import type { Address } from '../wire/transport.ts'

// the schemas of the forms of settings; each message completes the sentence "must be ..."

const NONE = 'none'
const HALF = 'half'
/** Address of the HTTP server if the setting is a port alone; only this machine can reach it. */
const HERE = '127.0.0.1'

/**
 * Returns the schema of a setting with the form of a text or a number, which `read` parses. `expected` completes the sentence
 * "must be ...".
 */
export function written<Value>(
  expected: string,
  read: (given: string | number) => Value | undefined,
  print: (value: Value) => string | number,
) {
  return z.codec(z.union([z.string(), z.number()], { error: expected }), z.custom<Value>(), {
    decode(given, context) {
      const value = read(given)
      if (value !== undefined) return value
      context.issues.push({ code: 'custom', input: given, message: expected })
      return z.NEVER
    },
    encode: print,
  })
}

/** Returns the schema of a truth value; it accepts texts, too, because environment variables are texts. */
export function flag() {
  const expected = 'true or false'
  return z.codec(z.union([z.boolean(), z.string()], { error: expected }), z.boolean(), {
    decode(given, context) {
      if (typeof given === 'boolean') return given
      if (given === 'true' || given === 'false') return given === 'true'
      context.issues.push({ code: 'custom', input: given, message: expected })
      return z.NEVER
    },
    encode: (value) => value,
  })
}

export function oneOf<const Words extends readonly [string, string, ...string[]]>(...words: Words) {
  return z.enum(words, { error: joinWords(words, 'or') })
}

/** Returns the schema of a whole number from 1, or "none", which is Infinity. */
export function limit() {
  const read = (given: string | number) => (given === NONE ? Number.POSITIVE_INFINITY : whole(given, 1, Number.MAX_SAFE_INTEGER))
  const print = (value: number) => (value === Number.POSITIVE_INFINITY ? NONE : value)
  return written(`a whole number from 1, or "${NONE}"`, read, print)
}

/** Returns the schema of a whole number from 1, "half" of another limit, or "none". */
export function limitOrHalf() {
  const { POSITIVE_INFINITY, MAX_SAFE_INTEGER } = Number
  return written(
    `a whole number from 1, "${HALF}" or "${NONE}"`,
    (given) => (given === NONE ? POSITIVE_INFINITY : given === HALF ? HALF : whole(given, 1, MAX_SAFE_INTEGER)),
    (value) => (value === POSITIVE_INFINITY ? NONE : value),
  )
}

/** Returns the schema of a time longer than 0, or "none", which is Infinity. */
export function limitOfTime() {
  const read = (given: string | number) => (given === NONE ? Number.POSITIVE_INFINITY : parseSpan(String(given), 's') || undefined)
  const print = (value: number) => (value === Number.POSITIVE_INFINITY ? NONE : formatSpan(value))
  return written(`a time such as 30s or 10m, longer than 0, or "${NONE}"`, read, print)
}

/** Minimum limit of the data folder's size, in bytes, because open tables need some space. */
const LEAST = 10_000_000

/** Returns the schema of a size in bytes, or "none", which is Infinity. */
export function size() {
  const read = (given: string | number) => {
    if (given === NONE) return Number.POSITIVE_INFINITY
    const bytes = parseSize(String(given)) ?? 0
    return bytes >= LEAST ? bytes : undefined
  }
  const print = (value: number) => (value === Number.POSITIVE_INFINITY ? NONE : formatSize(value))
  return written(`a size such as 500MB or 2GB, at least 10MB, or "${NONE}"`, read, print)
}

export function whole(given: string | number, low: number, high: number): number | undefined {
  const value = typeof given === 'number' ? given : Number(/^\d+$/.test(given) ? given : Number.NaN)
  return Number.isSafeInteger(value) && value >= low && value <= high ? value : undefined
}

export function text(expected: string) {
  return z.string({ error: expected }).trim().min(1, { error: expected })
}

/** Returns the schema of network faults, written like the option of that name. */
export function faults(verb: OptionVerb) {
  const form = {
    split: 'bytes such as "8", "1..5" or "in:8"',
    glue: 'a time such as "80ms"',
    delay: 'times such as "5ms..20ms" or "in:5ms"',
  }[verb]
  const read = (given: string | number) => ('refused' in parseFaults(toRules(verb, String(given))) ? undefined : String(given))
  return written(form, read, String)
}

/** Returns the schema of a list of fault rules. */
export function faultRules() {
  const rule = z.string({ error: 'a fault rule, such as "reset before GAMEOVER"' }).superRefine((text, context) => {
    const rules = parseFaults(text)
    if ('refused' in rules) context.addIssue({ code: 'custom', message: `a fault rule: ${rules.refused}` })
  })
  return z.array(rule, { error: 'a list of fault rules, such as ["split 1..3", "reset before GAMEOVER"]' })
}

/** Schema of a time. */
export const time = () => written('a time such as 100ms, 2s or 1m', (given) => parseSpan(String(given), 's'), formatSpan)
/** Returns the schema of a timeout; a timeout is longer than 0, because no client can answer immediately. */
export const timeout = () =>
  written('a time such as 100ms, 2s or 1m, longer than 0', (given) => parseSpan(String(given), 's') || undefined, formatSpan)
/** Returns the schema of a list of files. */
export const files = () => z.array(text('a file'), { error: 'a list of files, such as ["connect-four.ts"]' })
/** Returns the schema of a list of programs. */
export const names = () => z.array(text('the name of a program'), { error: 'a list of programs, such as ["guess", "chat"]' })
/** Returns the schema of a port. */
export const port = written('a port from 0 to 65535; 0 for any free port', (given) => whole(given, 0, 65535), Number)
const where = (port: number) => `a port such as ${port}, an address with a port such as 0.0.0.0:${port}, or "none"`
/** Returns the schema of an address and port, or "none". */
export const place = () => written(where(4080), (given) => readPlace(given, HERE), printPlace)
/** Returns the schema of an address and port, or "none". A port without an address has the address '', which means the address of the setting `host`. */
export const placeOfHost = () => written(where(8080), (given) => readPlace(given, ''), printPlace)
/** Returns the schema of the path of a URL without a slash at its end; empty for the root. */
export const urlPath = () => z.string().regex(/^(?:\/[\w.~-]+)*$/, { error: 'a path such as "/parlor", without a slash at its end' })
/** Returns the schema of a list of origins, in the form that a browser sends. */
export const origins = () =>
  z.array(z.string().regex(/^https?:\/\/[^/\s]+$/, { error: 'an origin such as "https://school.example"' }), {
    error: 'a list of origins, such as ["https://school.example"]',
  })
/** Returns the schema of a list of host names, in the form of a browser's address. */
export const hostNames = () =>
  z.array(z.string().regex(/^[\w-]+(?:\.[\w-]+)*$/, { error: 'a name such as "school.example", without a port' }), {
    error: 'a list of names, such as ["school.example"]',
  })
/** Returns the schema of a list of addresses and ranges of addresses. */
export const addressRanges = () => {
  const isRange = (text: string) =>
    text.includes('/') ? ipaddr.isValidCIDR(text) : ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text)
  const expected = 'an address such as "127.0.0.1", or a range such as "10.0.0.0/8"'
  return z.array(z.string().refine(isRange, { error: expected }), { error: 'a list of addresses, such as ["127.0.0.1", "10.0.0.0/8"]' })
}

function readPlace(given: string | number, usual: string): Address | typeof NONE | undefined {
  if (given === NONE) return NONE
  const [, bracketed, host = bracketed ?? usual, digits = ''] = /^(?:(?:\[([\da-f:.]+)\]|([^\s:[\]]+)):)?(\d+)$/i.exec(String(given)) ?? []
  const number = whole(digits, 0, 65535)
  return number === undefined ? undefined : { host, port: number }
}

function printPlace(place: Address | typeof NONE): string {
  if (place === NONE) return NONE
  if (place.host === '') return String(place.port)
  return place.host.includes(':') ? `[${place.host}]:${place.port}` : `${place.host}:${place.port}`
}
