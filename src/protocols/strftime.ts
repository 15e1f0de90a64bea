/**
 * The time as a format asks for it: `datetime.strftime` of Python 3.11 on Linux (glibc), in the C locale, for a naive
 * time, which is the local time of `at`. Flags, widths and the modifiers E and O work, and what is no directive comes
 * back as it is (PROTOCOLS 3.18, Q12).
 */
export function strftime(format: string, at: Date): string {
  const text = filledByPython(format.replace(/\0.*/s, ''), at)
  return filled(text, timeOf(at), limitOf(text)) ?? ''
}

/** What Python itself fills in before it asks the C library. A naive time has no zone. */
function filledByPython(format: string, at: Date): string {
  const own: Readonly<Record<string, string>> = { '%f': `${at.getMilliseconds() * 1000}`.padStart(6, '0'), '%z': '', '%Z': '' }
  return format.replace(/%./gsu, (pair) => own[pair] ?? pair)
}

/** Characters at which Python gives up and answers with nothing: its buffer doubles, up to a size that suits the format. */
function limitOf(format: string): number {
  let limit = 1024
  while (limit < 256 * lengthOf(format)) limit *= 2
  return limit
}

/** The text with its directives filled in; `undefined` where that has `limit` characters or more. */
function filled(format: string, time: Time, limit: number): string | undefined {
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

/** A directive: flags, width, modifier and letter, which may all be missing; or text without one. */
const TOKEN = /%([-_0^#]*)(\d*)([EO]?)(.?)|[^%]+/gsu

interface Directive {
  readonly token: string
  readonly flags: string
  readonly width: number
  readonly modifier: string
  readonly letter: string
}

function directive({ token, flags, width, modifier, letter }: Directive, time: Time): string {
  // a naive time has no offset, not even a blank one of some width
  if (letter === 'z') return ''
  const fill = flags.replace(/[\^#]/g, '').at(-1)
  const known = !REFUSED[modifier]?.includes(letter)
  const number = known ? NUMBERS[letter] : undefined
  if (number) {
    const [digits, value] = number
    const blank = fill === '_' || (fill === undefined && BLANK.includes(letter))
    return fill === '-' ? `${value(time)}`.padStart(width) : `${value(time)}`.padStart(Math.max(digits, width), blank ? ' ' : '0')
  }
  const text = known ? inCase(TEXTS[letter]?.(time) ?? token, flags, letter, NAMES) : inCase(token, flags, letter, 'bh')
  return (fill === '0' ? '0' : ' ').repeat(Math.max(0, width - lengthOf(text))) + text
}

/** A text in the case that the flags ask for; # makes capitals of `names`, and small letters of AM and PM. */
function inCase(text: string, flags: string, letter: string, names: string): string {
  const other = flags.includes('#')
  if (letter === 'P' || (letter === 'p' && other)) return text.toLowerCase()
  return flags.includes('^') || (other && names.includes(letter)) ? text.replace(/[a-z]+/g, (small) => small.toUpperCase()) : text
}

/** What the C library knows of a time. */
interface Time {
  readonly year: number
  /** From 0. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  /** From 0, which is Sunday. */
  readonly weekday: number
  /** From 0. */
  readonly yearday: number
  /** The year to which ISO 8601 counts the week, and the week. */
  readonly weekyear: number
  readonly week: number
  /** Seconds since 1970 in UTC. */
  readonly epoch: number
}

function timeOf(at: Date): Time {
  const [year, month, day, weekday] = [at.getFullYear(), at.getMonth(), at.getDate(), at.getDay()]
  const today = dayNumber(year, month, day)
  // a week belongs to the year in which its Thursday lies
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

/** Milliseconds of a day. */
const DAY = 86_400_000

/** Days since 1970. */
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
const composed = (format: string) => (time: Time) => filled(format, time, Number.POSITIVE_INFINITY) ?? ''

/** Directives that are numbers: at least how many digits, and which number. */
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

/** Numbers that are filled up with blanks where no flag says otherwise. */
const BLANK = 'ekls'

/** Directives that are text. */
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

/** The names of days and months. */
const NAMES = 'AaBbh'

/** The letters before which a modifier makes the directive none. */
const REFUSED: Readonly<Record<string, string>> = { E: 'ABDFGHIMSUVWabdeghjklmw', O: 'ADFXYacx' }

/** How many characters a text has. */
function lengthOf(text: string): number {
  // a million blanks are not taken apart to be counted
  return ASCII.test(text) ? text.length : Array.from(text).length
}

const ASCII = /^[\0-\x7f]*$/
