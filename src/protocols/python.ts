/**
 * The whole number that Python's `int()` reads in a text, in decimal digits; `undefined` where `int()` raises a
 * ValueError. Blanks around, a sign, leading zeros, single `_` between digits, digits of any script (PROTOCOLS Q15).
 */
export function pythonInt(text: string): string | undefined {
  if (/^[1-9][0-9]*$/.test(text)) return text
  const found = /^([+-]?)(\p{Nd}+(?:_\p{Nd}+)*)$/u.exec(strip(text))
  if (!found?.[2]) return undefined
  const digits = [...found[2].replaceAll('_', '')].map(digitValue).join('')
  const plain = digits.replace(/^0+(?=\d)/, '')
  return found[1] === '-' && plain !== '0' ? `-${plain}` : plain
}

/** Checks whether Python's `str.isdigit()` holds and `int()` reads the text: digits and nothing else. */
export function pythonDigits(text: string): boolean {
  return /^\p{Nd}+$/u.test(text)
}

/** Bytes, given as characters up to U+00FF, as Python prints them: `b'Hello\n'`. */
export function pythonBytes(bytes: string): string {
  const quote = bytes.includes("'") && !bytes.includes('"') ? '"' : "'"
  let shown = ''
  for (const char of bytes) {
    const code = char.charCodeAt(0)
    if (char === '\\' || char === quote) shown += `\\${char}`
    else if (ESCAPES[char]) shown += ESCAPES[char]
    else if (code < 0x20 || code > 0x7e) shown += `\\x${code.toString(16).padStart(2, '0')}`
    else shown += char
  }
  return `b${quote}${shown}${quote}`
}

/** An address as Python prints its tuple: `('127.0.0.1', 50831)`. */
export function pythonAddress({ host, port }: { host: string; port: number }): string {
  return host.includes(':') ? `('${host}', ${port}, 0, 0)` : `('${host}', ${port})`
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** What Python's `int()` takes for blanks around a number; a byte order mark is none to Python. */
const BLANK = /[[\s\u0085]--\ufeff]/v

/**
 * Removes the blanks around a text as Python's `str.strip()` does, which keeps a byte order mark. A pattern for both ends
 * would take hours over a megabyte of blanks in the middle.
 */
export function strip(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && BLANK.test(text.charAt(start))) start++
  while (end > start && BLANK.test(text.charAt(end - 1))) end--
  return text.slice(start, end)
}

/** The value of a decimal digit of any script: those of a script stand in a row, from zero on. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0) ?? 0
  let start = code
  while (/^\p{Nd}$/u.test(String.fromCodePoint(start - 1))) start--
  return (code - start) % 10
}
