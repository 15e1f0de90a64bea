import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeMessage } from '../../src/wire/byte-clues.ts'
import { lines } from '../../src/wire/framing/lines.ts'
import { segments } from '../../src/wire/framing/unframed.ts'
import { encode } from '../../src/wire/text.ts'

/** Returns the clues about a whole message, with a line end behind it, or as one piece. */
function clueOf(body: Uint8Array, end: '\n' | '\r\n' | '', keepCr = false): string | undefined {
  const decoder = end === '' ? segments().decoder() : lines({ keepCr }).decoder()
  decoder.push(Uint8Array.of(...body, ...encode(end)))
  const text = end === '' ? decoder.rest() : decoder.next()
  return describeMessage(String(text), decoder.raw)
}

/** A number as `struct.pack` packs it. */
function pack(code: string, value: number): Uint8Array {
  const size = { b: 1, h: 2, i: 4, q: 8, f: 4, d: 8 }[code.at(-1) ?? ''] ?? 0
  const view = new DataView(new ArrayBuffer(size))
  const little = !code.startsWith('!')
  if (code.endsWith('b')) view.setUint8(0, value)
  else if (code.endsWith('h')) view.setUint16(0, value, little)
  else if (code.endsWith('i')) view.setInt32(0, value, little)
  else if (code.endsWith('q')) view.setBigInt64(0, BigInt(value), little)
  else if (code.endsWith('f')) view.setFloat32(0, value, little)
  else view.setFloat64(0, value, little)
  return new Uint8Array(view.buffer)
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

const begins =
  (...heads: (readonly number[])[]) =>
  (bytes: Uint8Array) =>
    heads.some((head) => head.every((byte, at) => bytes[at] === byte))

/** Returns whether a clue is true of the bytes of a message. */
const PREMISES: readonly (readonly [RegExp, (bytes: Uint8Array) => boolean])[] = [
  [/UTF-8 with a byte order mark/, begins([0xef, 0xbb, 0xbf])],
  [/UTF-16 with a byte order mark/, begins([0xff, 0xfe], [0xfe, 0xff])],
  [/UTF-32/, begins([0xff, 0xfe, 0, 0], [0, 0, 0xfe, 0xff])],
  [/pickle/, begins([0x80])],
  [/gzip/, begins([0x1f, 0x8b])],
  [/ObjectOutputStream/, begins([0xac, 0xed])],
  [/telnet's negotiation/, begins([0xff])],
  [/WebSocket/, begins([0x81], [0x82])],
  [/not UTF-8/, (bytes) => !isUtf8(bytes)],
  [/NUL|UTF-16 \(|UTF-32|writeUTF/, (bytes) => bytes.includes(0)],
]

const ENDS = ['\n', '\r\n', ''] as const
const odd = fc.constantFrom(0, 1, 5, 0x0d, 0x32, 0x48, 0x7f, 0x80, 0xbb, 0xbf, 0xc3, 0xe9, 0xef, 0xfe, 0xff)
const anything = fc
  .oneof(
    fc.uint8Array({ maxLength: 12 }),
    fc.array(odd, { maxLength: 9 }).map((all) => Uint8Array.from(all)),
  )
  .map((all) => all.filter((byte) => byte !== 10))

describe('a clue about bytes', () => {
  test('never describes bytes as something that they are not', () => {
    const coverage = { kinds: new Set<RegExp>(), numbers: 0 }
    fc.assert(
      fc.property(anything, fc.constantFrom(...ENDS), fc.boolean(), (body, end, keepCr) => {
        const clue = clueOf(body, end, keepCr) ?? ''
        const wire = Uint8Array.of(...body, ...encode(end))
        const sent = [0, 1, 2].map((cut) => wire.subarray(0, wire.length - cut))
        for (const [says, holds] of PREMISES.filter(([kind]) => kind.test(clue))) {
          coverage.kinds.add(says)
          expect({ clue, holds: holds(body) }).toEqual({ clue, holds: true })
        }
        const [, first, code] = /^the number (\S+) as .*? as struct\.pack\("(!?\w)"/.exec(clue) ?? []
        const [, second, also] = /, or (\S+), as struct\.pack\("(!?\w)"/.exec(clue) ?? []
        for (const [value, how] of [
          [first, code],
          [second, also],
        ]) {
          if (value === undefined || how === undefined) continue
          coverage.numbers++
          expect(sent).toContainEqual(pack(how, Number(value)))
        }
        const [, count] = /and (\d+) have arrived/.exec(clue) ?? []
        expect(Number(count ?? 0)).toBeLessThanOrEqual(body.length)
        if (/CR alone/.test(clue)) expect({ end, last: body.at(-1) }).toEqual({ end: '', last: 13 })
        if (/in \\r\\n, whose/.test(clue)) expect(wire.slice(-2)).toEqual(Uint8Array.of(13, 10))
      }),
      { numRuns: 5000 },
    )
    expect(coverage.kinds.size).toBeGreaterThan(4)
    expect(coverage.numbers).toBeGreaterThan(10)
  })

  test('names every small number that struct.pack has packed, in either order of bytes', () => {
    const whole = fc.record({ code: fc.constantFrom('!h', 'h', '!i', 'i', '!q', 'q'), value: fc.integer({ min: 0, max: 65_535 }) })
    fc.assert(
      fc.property(whole, ({ code, value }) => {
        const body = pack(code, value)
        // bytes that are also text, or begin like telnet's or Python's bytes, may be named so
        const isText =
          body.every((byte) => byte >= 0x20 || [9, 10, 13].includes(byte)) ||
          /^[\t\r -~]+\0*$|^[\0-\x7f]{2}$/s.test(String.fromCharCode(...body))
        fc.pre(!isText)
        expect(clueOf(body, '')).toMatch(
          new RegExp(`(?:^the number|, or) ${value}\\b|byte order mark|telnet|zlib|TLS|pickle|WebSocket|UTF-|gzip`),
        )
      }),
    )
  })

  test('names Latin-1 alone for text in Latin-1', () => {
    const letter = fc.constantFrom(...'abcxyzABC 0159äöüÄÖÜßéèñÿþ¿½')
    fc.assert(
      fc.property(fc.string({ unit: letter, minLength: 1, maxLength: 12 }), fc.constantFrom(...ENDS), (text, end) => {
        const body = encode(text, 'bytes')
        // digits before the text can be its length
        fc.pre(!isUtf8(body) && !/^(?:ÿþ|þÿ|ÿ[ûüý] |\d[\d ])|ÿÿÿ/.test(text))
        // one byte, or two with ff among them, can be a number as well
        const isShort = body.length === 1 || (body.length === 2 && body.includes(0xff))
        const or = isShort ? 'the number -?\\d+ of struct\\.pack\\("!?[Bh]", \\.\\.\\.\\)' : 'no text at all'
        expect(clueOf(body, end)).toMatch(new RegExp(`^text that is not UTF-8, such as Latin-1, or ${or}$`))
      }),
    )
  })

  test.each([
    ['<i 200', '\xc8\0\0\0', '', 'the number 200 as 4 bytes, little-endian, as struct.pack("i", ...) or C: send it as text'],
    [
      '!H 1000',
      '\x03\xe8',
      '',
      /^the number 1000 as 2 bytes, big-endian, as struct\.pack\("!h", \.\.\.\) or writeShort of Java, or 59395, as/,
    ],
    ['<i 1000', '\xe8\x03\0\0', '', /^the number 1000 as 4 bytes, little-endian/],
    ['!f 5.5', '\x40\xb0\0\0', '', /^the number 5\.5 as 4 bytes, as struct\.pack\("!f", \.\.\.\) or writeFloat of Java, or 45120, as/],
    ['f 0.1', '\xcd\xcc\xcc=', '', /not UTF-8/],
    ['!d 2.5', '\x40\x04\0\0\0\0\0\0', '', /^the number 2\.5 as 8 bytes, as struct\.pack\("!d", \.\.\.\) or writeDouble of Java/],
    ['b 5', '\x05', '', 'the number 5 as 1 byte, as struct.pack("b", ...) or write of a number in Java: send it as text'],
    ['b 5 and a line end', '\x05', '\n', /^the number 5 as 1 byte/],
    ['Ctrl-D', '\x04', '', undefined],
    ['<h 5', '\x05\0', '', /^the number 5 as 2 bytes, little-endian, as struct\.pack\("h", \.\.\.\) or C, or 1280, as struct\.pack\("!h"/],
    ['<h 5 and a line end', '\x05\0', '\n', /^the number 5 as 2 bytes, little-endian/],
    [
      '<h 50',
      '2\0',
      '',
      /^a text with NUL after it, as C stores it, or the number 50 of struct\.pack\("h", \.\.\.\), or one character of UTF-16/,
    ],
    ['i -5', '\xfb\xff\xff\xff', '', /^the number -5 as 4 bytes, little-endian/],
    ['!i -2', '\xff\xff\xff\xfe', '', /^the number -2 as 4 bytes, big-endian/],
    ['i -2', '\xfe\xff\xff\xff', '', /^the number -2 as 4 bytes, little-endian/],
    ['!i 3338', '\0\0', '\r\n', /^the number 0 as 2 bytes/],
    ['!H 10', '\0', '\n', /^the number 10 as 2 bytes, big-endian/],
    ['"tö" in Latin-1', 't\xf6', '\n', /not UTF-8/],
    ['"ÄÖ" in Latin-1', '\xc4\xd6', '\n', /not UTF-8/],
    ['"50" in four bytes of C', '50\0\0', '', /NUL after it, as C stores it/],
    ['"5\\n" in UTF-16BE', '\x005\0', '\n', /^UTF-16 \(big-endian\)/],
    ['writeUTF("50\\n")', '\0\x0350', '\n', /^a 2-byte length before the text, as in Java's writeUTF/],
    ['what C sends behind "50\\n" and its NUL', '\x0025', '\n', /^a text with NUL before it, which C stored after the previous text/],
    ['a text of Windows', '50\r', '\r\n', /^a line that ends in \\r\\r\\n/],
    ['U+FFFD itself', '\xef\xbf\xbd', '\n', undefined],
    ['a key without a character', '\x08H', '\n', undefined],
  ] as const)('is true of %s: %j, %j', (_, literal, end, clue) => {
    const found = clueOf(encode(literal, 'bytes'), end)
    if (typeof clue === 'object') expect(found).toMatch(clue)
    else expect(found).toBe(clue)
  })

  test('names the line end that was sent, if its CR belongs to the message', () => {
    expect(clueOf(encode('H'), '\r\n', true)).toBe(
      'a line that ends in \\r\\n, whose CR is a part of the message here: end the line with \\n alone',
    )
    expect(clueOf(encode('H'), '\n', true)).toBeUndefined()
    expect(clueOf(encode('H'), '\r\n')).toBeUndefined()
  })
})
