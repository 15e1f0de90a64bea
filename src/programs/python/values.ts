/**
 * Parses a whole number like Python's `int()`. The text may have blanks around the number, a sign, leading zeros, a single `_` between two
 * digits, and digits of any script. Returns the number in decimal digits; `undefined` for a text for which `int()` raises a ValueError.
 */
export function pythonInt(text: string): string | undefined {
  if (/^[1-9][0-9]*$/.test(text)) return text
  const found = /^([+-]?)(\p{Nd}+(?:_\p{Nd}+)*)$/u.exec(stripPython(text))
  if (!found?.[2]) return undefined
  const digits = [...found[2].replaceAll('_', '')].map(digitValue).join('')
  const plain = digits.replace(/^0+(?=\d)/, '')
  return found[1] === '-' && plain !== '0' ? `-${plain}` : plain
}

/** Checks whether a text consists of decimal digits, so that Python's `str.isdigit()` is true and `int()` parses it. */
export function pythonDigits(text: string): boolean {
  return /^\p{Nd}+$/u.test(text)
}

/** Formats bytes, given as characters up to U+00FF, like Python: `b'Hello\n'`. */
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

/** Formats an address like Python's tuple: `('127.0.0.1', 50831)`. */
export function pythonAddress({ host, port }: { host: string; port: number }): string {
  return host.includes(':') ? `('${host}', ${port}, 0, 0)` : `('${host}', ${port})`
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Matches a character that Python strips. Unlike `\s`, this pattern excludes the byte order mark. */
const BLANK = /[[\s\u0085]--\ufeff]/v

/**
 * Removes the blanks around a text like Python's `str.strip()`, which does not remove a byte order mark. The function is a loop,
 * because a regular expression for the end of the text would take hours on a megabyte of blanks in the middle.
 */
export function stripPython(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && BLANK.test(text.charAt(start))) start++
  while (end > start && BLANK.test(text.charAt(end - 1))) end--
  return text.slice(start, end)
}

/**
 * Returns the value of a decimal digit of any script; in Unicode, the digits of a script have consecutive code points, beginning with the
 * zero of the script.
 */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0) ?? 0
  let start = code
  while (/^\p{Nd}$/u.test(String.fromCodePoint(start - 1))) start--
  return (code - start) % 10
}
