/**
 * Formats a time like `datetime.strftime` of Python 3.11 on Linux (glibc), in the C locale, because the worksheet's server
 * (FH slides, "Processing Client Requests") calls `strftime` with any format that a client sends.
 *
 * The time is naive: the local time of `at`, without a zone, so %z and %Z are empty. Python replaces %f, %z and %Z itself and passes the
 * rest to the C library. The library supports flags (`-`, `_`, `0`, `^`, `#`), widths, and the modifiers E and O before
 * some letters; it returns an unknown directive unchanged. Python cuts the format at the first NUL. Python returns an empty text if the
 * result exceeds Python's buffer, whose size depends on the length of the format (`limitOf`).
 */
export function strftime(format: string, at: Date): string {
  const text = fillPythonDirectives(format.replace(/\0.*/s, ''), at)
  return fill(text, timeOf(at), limitOf(text)) ?? ''
}

/** Replaces the directives that Python replaces itself. */
function fillPythonDirectives(format: string, at: Date): string {
  const own: Readonly<Record<string, string>> = { '%f': `${at.getMilliseconds() * 1000}`.padStart(6, '0'), '%z': '', '%Z': '' }
  return format.replace(/%./gsu, (pair) => own[pair] ?? pair)
}

/**
 * Returns the length at which a result is too long, so that Python returns an empty text. Python's buffer begins with 1024 characters, and
 * doubles until it is at least 256 times as long as the format.
 */
function limitOf(format: string): number {
  let limit = 1024
  while (limit < 256 * lengthOf(format)) limit *= 2
  return limit
}

/** Replaces the directives by the fields of a time. Returns `undefined` for a result of `limit` characters or more. */
function fill(format: string, time: Time, limit: number): string | undefined {
  let text = ''
  let length = 0
  for (const [token, flags, digits, modifier = '', letter = ''] of format.matchAll(TOKEN)) {
    const width = Number(digits ?? 0)
    if (width >= limit && letter !== 'z') return undefined
    const part = flags === undefined ? token : directive({ token, flags, width, modifier, letter }, time)
    text += part
    length += lengthOf(part)
    if (length >= limit) return undefined
  }
  return text
}

/** Matches a directive (flags, width, modifier and letter, all optional), or a text without directives. */
const TOKEN = /%([-_0^#]*)(\d*)([EO]?)(.?)|[^%]+/gsu

interface Directive {
  readonly token: string
  readonly flags: string
  readonly width: number
  readonly modifier: string
  readonly letter: string
}

function directive({ token, flags, width, modifier, letter }: Directive, time: Time): string {
  // a naive time has no offset, so a width pads nothing
  if (letter === 'z') return ''
  const padding = flags.replace(/[\^#]/g, '').at(-1)
  const known = !REFUSED[modifier]?.includes(letter)
  const number = known ? NUMBERS[letter] : undefined
  if (number) {
    const [digits, value] = number
    const blank = padding === '_' || (padding === undefined && BLANK.includes(letter))
    return padding === '-' ? `${value(time)}`.padStart(width) : `${value(time)}`.padStart(Math.max(digits, width), blank ? ' ' : '0')
  }
  const text = known ? inCase(TEXTS[letter]?.(time) ?? token, flags, letter, NAMES) : inCase(token, flags, letter, 'bh')
  return (padding === '0' ? '0' : ' ').repeat(Math.max(0, width - lengthOf(text))) + text
}

/**
 * Converts the text of a directive to the case that the flags demand. The flag `#` means upper case for the directives in `names`, and
 * lower case for AM and PM.
 */
function inCase(text: string, flags: string, letter: string, names: string): string {
  const other = flags.includes('#')
  if (letter === 'P' || (letter === 'p' && other)) return text.toLowerCase()
  return flags.includes('^') || (other && names.includes(letter)) ? text.replace(/[a-z]+/g, (small) => small.toUpperCase()) : text
}

/** Time has the fields of C's `struct tm`, and the year and week of ISO 8601. */
interface Time {
  readonly year: number
  /** The month: 0 is January. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  /** Day of the week: 0 is Sunday. */
  readonly weekday: number
  /** Day of the year: 0 is 1 January. */
  readonly yearday: number
  /** Year and number of the week in ISO 8601. */
  readonly weekyear: number
  readonly week: number
  /** Seconds since 1970 in UTC. */
  readonly epoch: number
}

function timeOf(at: Date): Time {
  const [year, month, day, weekday] = [at.getFullYear(), at.getMonth(), at.getDate(), at.getDay()]
  const today = dayNumber(year, month, day)
  // in ISO 8601, a week belongs to the year of its Thursday
  const thursday = today - ((weekday + 6) % 7) + 3
  const weekyear = new Date(thursday * DAY).getUTCFullYear()
  return {
    year,
    month,
    day,
    hour: at.getHours(),
    minute: at.getMinutes(),
    second: at.getSeconds(),
    weekday,
    yearday: today - dayNumber(year, 0, 1),
    weekyear,
    week: Math.floor((thursday - dayNumber(weekyear, 0, 1)) / 7) + 1,
    epoch: Math.floor(at.getTime() / 1000),
  }
}

/** Milliseconds in a day. */
const DAY = 86_400_000

/** Returns the days since 1970. */
function dayNumber(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month, day) / DAY
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = 'January February March April May June July August September October November December'.split(' ')

const dayName = ({ weekday }: Time) => `${DAYS[weekday]}`
const monthName = ({ month }: Time) => `${MONTHS[month]}`
const monthAbbreviation = (time: Time) => monthName(time).slice(0, 3)
const half = ({ hour }: Time) => (hour < 12 ? 'AM' : 'PM')
const hour12 = ({ hour }: Time) => hour % 12 || 12
const composed = (format: string) => (time: Time) => fill(format, time, Number.POSITIVE_INFINITY) ?? ''

/** Numeric directives: minimum number of digits, and value. */
const NUMBERS: Readonly<Record<string, readonly [number, (time: Time) => number]>> = {
  C: [1, ({ year }) => Math.floor(year / 100)],
  d: [2, ({ day }) => day],
  e: [2, ({ day }) => day],
  G: [1, ({ weekyear }) => weekyear],
  g: [2, ({ weekyear }) => weekyear % 100],
  H: [2, ({ hour }) => hour],
  I: [2, hour12],
  j: [3, ({ yearday }) => yearday + 1],
  k: [2, ({ hour }) => hour],
  l: [2, hour12],
  M: [2, ({ minute }) => minute],
  m: [2, ({ month }) => month + 1],
  S: [2, ({ second }) => second],
  s: [1, ({ epoch }) => epoch],
  U: [2, ({ yearday, weekday }) => Math.floor((yearday + 7 - weekday) / 7)],
  u: [1, ({ weekday }) => weekday || 7],
  V: [2, ({ week }) => week],
  W: [2, ({ yearday, weekday }) => Math.floor((yearday + 7 - ((weekday + 6) % 7)) / 7)],
  w: [1, ({ weekday }) => weekday],
  Y: [1, ({ year }) => year],
  y: [2, ({ year }) => year % 100],
}

/** Numeric directives whose default padding is blanks. */
const BLANK = 'ekls'

/** Directives for texts, which have no padding by default. */
const TEXTS: Readonly<Record<string, (time: Time) => string>> = {
  A: dayName,
  a: (time) => dayName(time).slice(0, 3),
  B: monthName,
  b: monthAbbreviation,
  h: monthAbbreviation,
  p: half,
  P: half,
  Z: () => '',
  n: () => '\n',
  t: () => '\t',
  '%': () => '%',
  c: composed('%a %b %e %H:%M:%S %Y'),
  D: composed('%m/%d/%y'),
  F: composed('%Y-%m-%d'),
  R: composed('%H:%M'),
  r: composed('%I:%M:%S %p'),
  T: composed('%H:%M:%S'),
  X: composed('%H:%M:%S'),
  x: composed('%m/%d/%y'),
}

/** Directives for names of days and months. */
const NAMES = 'AaBbh'

/** For each modifier, the letters that are not directives after that modifier. */
const REFUSED: Readonly<Record<string, string>> = { E: 'ABDFGHIMSUVWabdeghjklmw', O: 'ADFXYacx' }

/** Returns the number of code points. */
function lengthOf(text: string): number {
  // splitting a million blanks would be slow
  return ASCII.test(text) ? text.length : Array.from(text).length
}

const ASCII = /^[\0-\x7f]*$/
