import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeBytes, describeMessage } from '../../src/wire/byte-clues.ts'
import { lines } from '../../src/wire/framing/lines.ts'
import { encode } from '../../src/wire/text.ts'

/** Bytes as Python writes them in a literal. */
function bytes(literal: string): Uint8Array {
  return encode(literal, 'bytes')
}

/** Returns the clue about a line that has arrived with this end. */
function lineLooksLike(body: Uint8Array, end = '\n', keepCr = false): string | undefined {
  const decoder = lines({ keepCr }).decoder()
  decoder.push(Uint8Array.of(...body, ...encode(end)))
  return describeMessage(String(decoder.next()), decoder.raw)
}

/** Returns a text with its length before it. */
function prefixed(text: string, size: number, little = false): Uint8Array {
  const body = encode(text)
  const length = Array.from({ length: size }, (_, at) => Math.floor(body.length / 256 ** at) % 256)
  return Uint8Array.from([...(little ? length : length.toReversed()), ...body])
}

test.each([
  ['!H', '\0', /^the number 10 as 2 bytes, .*writeShort/],
  ['!I', '\0\0\0', /^the number 10 as 4 bytes, .*writeInt/],
  ['!I', '\0\0\x01', /^the number 266 as 4 bytes/],
  ['!Q', '\0\0\0\0\0\0\0', /^the number 10 as 8 bytes, .*writeLong/],
])('recognizes a number of struct.pack(%j) whose last byte ends the line: %j', (_, text, clue) => {
  expect(lineLooksLike(encode(text))).toMatch(clue)
})

describe('the clue about bytes without an end', () => {
  test.each([
    ["Java's writeUTF", '\x00\x0250', /^a 2-byte length before the text, as in Java's writeUTF/],
    ['two of them', '\x00\x0250\x00\x0225', /writeUTF/],
    ['one that is cut', '\x00\x0550', /writeUTF.*: the length is 5 bytes, but 2 bytes have arrived$/],
    ['struct.pack("!I", 2) and the text', '\x00\x00\x00\x0250', /^a 4-byte length .*big-endian, as in struct\.pack\("!I"/],
    ['struct.pack("I", 2) and the text', '\x02\x00\x00\x0050', /^a 4-byte length .*little-endian, as in struct\.pack\("I"/],
    ['one that is cut', '\x00\x00\x00\x05ab', /struct\.pack.*the length is 5 bytes, but 2 bytes have arrived$/],
    ['struct.pack("!Q", 2) and the text', '\x00\x00\x00\x00\x00\x00\x00\x0250', /^an 8-byte length .*struct\.pack\("!Q"/],
    ['struct.pack("<Q", 2) and the text', '\x02\x00\x00\x00\x00\x00\x00\x0050', /^an 8-byte length .*struct\.pack\("<Q"/],
    ["C#'s BinaryWriter", '\x0250', /^a 1-byte length before the text, as in the BinaryWriter of C#/],
    ['struct.pack("!i", 50)', '\x00\x00\x00\x32', /^the number 50 as 4 bytes, big-endian, as struct\.pack\("!i"/],
    ['struct.pack("i", 50)', '\x32\x00\x00\x00', /^the number 50 as 4 bytes, little-endian, as struct\.pack\("i"/],
    ['struct.pack("!h", 50)', '\x00\x32', /^the number 50 as 2 bytes, big-endian, as struct\.pack\("!h", \.\.\.\) or writeShort of Java/],
    ['struct.pack("!q", 50)', '\x00\x00\x00\x00\x00\x00\x00\x32', /struct\.pack\("!q", \.\.\.\) or writeLong of Java/],
    ['struct.pack("I", 10) behind its first byte', '\x00\x00\x00', /struct\.pack\("I", 10\)/],
    ['the repr of a text', "'50'", /^the repr of a text/],
    ['struct.pack("d", 50)', '\x00\x00\x00\x00\x00\x00\x49\x40', /^the number 50 as 8 bytes, as struct\.pack\("d"/],
    ['a NUL behind the text', '50\x00', /NUL after it, as C stores it/],
    ['a buffer of C, filled with NUL', `50${'\x00'.repeat(62)}`, /NUL after it/],
    ['a NUL behind one character', '5\x00', /NUL after it/],
    ['NUL somewhere', '\x00\x00a\x00\x00b\x00', /^bytes that contain NUL/],
    ['CR alone', '50\r', /^a line that ends in CR alone/],
    ['CR NUL', '50\r\x00', /^CR NUL, the line end of telnet/],
    ['LF CR', '\r50', /in the wrong order/],
    ['UTF-16', '\xff\xfe5\x000\x00', /^UTF-16 with a byte order mark/],
    ['UTF-16 of the other order', '\xfe\xff\x005\x000', /^UTF-16 with a byte order mark/],
    ['UTF-16LE', '5\x000\x00', /^UTF-16 \(little-endian\)/],
    ['UTF-16BE', '\x005\x000', /^UTF-16 \(big-endian\)/],
    ['UTF-32', '\xff\xfe\x00\x005\x00\x00\x00', /^UTF-32/],
    ['UTF-8 with BOM', '\xef\xbb\xbf50', /^UTF-8 with a byte order mark \(BOM\)/],
    ['pickle of a number, protocol 4', '\x80\x04K2.', /^Python's pickle/],
    ['pickle of a text, protocol 4', '\x80\x04\x95\x06\x00\x00\x00\x00\x00\x00\x00\x8c\x0250\x94.', /pickle/],
    ['pickle of a text, protocol 3', '\x80\x03X\x02\x00\x00\x0050q\x00.', /pickle/],
    ['an f-string without its f', '{guess}\n', /a name in \{ \}: in Python, put an f before/],
    ['a part of one', 'MOVE{cell}\n', /in Python, put an f before/],
    ['an f within', "f'{guess}'\n", /in Python, put an f before/],
    ['the repr of a bytearray', "bytearray(b'50')\n", /the repr of Python's bytearray/],
    ['an object by its address', '<__main__.Guess object at 0x7f31>\n', /an object of Python printed by its address/],
    ['a dictionary', "{'a': 1}\n", /a list, tuple or dictionary as Python prints it/],
    ["Java's ObjectOutputStream", '\xac\xed\x00\x05t\x00\x0250', /ObjectOutputStream/],
    ['JSON', '{"guess": 50}', /^JSON/],
    ['a JSON text', '"50"', /^JSON/],
    ['JSON that is cut', '{"guess": ', /^JSON/],
    ["the repr of Python's bytes", "b'50'", /repr of Python's bytes/],
    ['the repr of a text with its end', "'50\\n'", /^the repr of a text/],
    ['the repr of a text of Python 2', "u'50'", /^the repr of a text/],
    ["the repr of Python's bytes, with a line end behind it", "b'50'\n", /repr of Python's bytes/],
    ['the repr of a text, with a line end behind it', "'50'\r\n", /^the repr of a text/],
    ['a list of Python, with a line end behind it', "['50']\n", /^a list, tuple or dictionary/],
    ['an object of JavaScript, with a line end behind it', '[object Object]\n', /^an object of JavaScript/],
    ['a backslash and an n, with a line end behind it', '50\\n\n', /a backslash and an n/],
    ['a list of Python', "['50']", /^a list, tuple or dictionary/],
    ['a tuple of Python', "('50',)", /^a list, tuple or dictionary/],
    ['a dictionary of Python', "{'guess': 50}", /^a list, tuple or dictionary/],
    ['an object of JavaScript', '[object Object]', /^an object of JavaScript/],
    ['a backslash and an n', '50\\n', /a backslash and an n/],
    ['HTTP', 'GET / HTTP/1.1\r\nHost: x', /^an HTTP request/],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM', /^an HTTP request/],
    ['TLS', '\x16\x03\x01\x02\x00\x01', /^TLS/],
    ['gzip', '\x1f\x8b\x08\x00', /^gzip/],
    ['zlib', 'x\x9c3\xb5', /^zlib/],
    ['SSH, of a client or a server', 'SSH-2.0-OpenSSH_9.7', /^SSH: connect with another program, or to another port$/],
    ['an answer of a web server', 'HTTP/1.1 400 Bad Request', /^an HTTP response/],
    ['an answer of Redis', "-ERR unknown command 'GUESS'", /^an error of Redis/],
    ['telnet', '\xff\xfd\x18\xff\xfd\x20', /^telnet's negotiation/],
    ['a WebSocket frame', '\x81\x82abcd', /^a WebSocket frame/],
    ['an f-string with a format', 'MOVE{cell:d}', /in Python, put an f before/],
    ['a function of Python', '<function guess at 0x7f00>', /of Python printed by its/],
    ['a class of Python', "<class 'int'>", /of Python printed by its name/],
    ['STX and ETX around a text', '\x0250\x03', /^a text between STX and ETX/],
    ['STX and ETX, with a line end', '\x02START\x03\n', /^a text between STX and ETX/],
    ['ETX behind a text', '50\x03', /^a text with a control character at its end/],
    ['memory that was never written', `50${'\xcc'.repeat(20)}`, /^uninitialized memory of C/],
    ['a length padded with blanks', `${'2'.padEnd(64)}50`, /^a length padded with blanks before the text/],
    ['such a length alone', '2'.padEnd(64), /padded with blanks to a fixed size/],
    ['a text padded with blanks', 'hi there'.padEnd(1024), /padded with blanks to a fixed size/],
    ['a length of four digits', '0002hi', /^a length of 4 digits before the text/],
    ['a length of two digits', '02aa', /^a length of 2 digits before the text/],
    ['a length of digits and blanks', '2  aa', /^a length padded with blanks before the text/],
    ['a length of four digits and a line', '0005START\n', /^a length of 4 digits before the text/],
    ['a netstring', '5:START,', /^a length and a colon before the text/],
    ['a mark behind the text', 'hi<END>', /^a text with an end marker/],
    ['a sign behind the text', '50$', /^a text with an end character/],
    ['a slash and an n', 'START/n', /^a slash and an n in place of a line end/],
    ['slashes, r and n', '50/r/n', /^a slash and an n in place of a line end/],
    ['Latin-1', 'caf\xe9', /^text that is not UTF-8/],
  ])('%s: %j', (_, literal, clue) => {
    expect(describeBytes(bytes(literal))).toMatch(clue)
  })

  test.each([
    '50',
    'hello',
    '5'.repeat(54),
    'MOVE5',
    'GUESS',
    'Hi Server',
    'H',
    '',
    ' ',
    '\t',
    'I will toss',
    '%H:%M',
    'e',
    'a b',
    '[x',
    'b',
    '-5',
    'C:\\new',
    '007',
    '012',
    '10:30',
    'a  b',
    'x < y',
    '/n',
    'either/nor',
    '{} apples',
    'ß9y',
  ])('%j is plain text', (text) => {
    expect(describeBytes(encode(text))).toBeUndefined()
  })

  test('recognizes a text of any length after its length, and never a text alone', () => {
    const typed = fc
      .string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz 0123456789äß中'), minLength: 1, maxLength: 80 })
      // a length in digits, trailing blanks, a padded text, and a value that was never set are more than text
      .filter((text) => !/^0\d|^\d+ {2}| {8}$|^(?:null|nan|undefined)$/.test(text))
    fc.assert(
      fc.property(typed, fc.constantFrom(2, 4, 8), (text, size) => {
        expect(describeBytes(encode(text))).toBeUndefined()
        const little = size > 2
        expect(describeBytes(prefixed(text, size))).toMatch(new RegExp(`${size}-byte length before the text`))
        if (little) expect(describeBytes(prefixed(text, size, true))).toMatch(new RegExp(`${size}-byte length before the text, little`))
      }),
    )
  })

  test('accepts any bytes without an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (all) => {
        expect(describeBytes(all) ?? '').toBeTypeOf('string')
        expect(lineLooksLike(all) ?? '').toBeTypeOf('string')
      }),
    )
  })
})

describe('the clue about a decoded line', () => {
  test.each([
    ['\xff\xfe5\x000\x00', /UTF-16/],
    ['5\x000\x00', /UTF-16/],
    ['\x005\x000\x00', /UTF-16/],
    ['\xef\xbb\xbfSTART', /BOM/],
    ['\x80\x04K2.', /pickle/],
    ['\xff\xfd\x18\xff\xfd\x20', /telnet/],
    ['caf\xe9', /not UTF-8/],
    ['50\x00', /NUL/],
    ["b'50'", /repr/],
    ['\x00\x0250', /writeUTF/],
  ])('%j', (literal, clue) => {
    expect(lineLooksLike(bytes(literal))).toMatch(clue)
  })

  test.each(['é', 'naïve', '日本', '😀', '50', '\u0394'])('%j is plain text', (text) => {
    expect(lineLooksLike(encode(text))).toBeUndefined()
  })
})

describe('the line end of an unframed message', () => {
  test.each([
    ['50\0\n', /^a text with NUL after it, as C stores it: send strlen bytes/],
    ['2\0\n', /the number 50 of struct\.pack\("h"/],
    ['\0\0\0\n', /^the number 10 as 4 bytes/],
    ["b'50'\n", /repr of Python's bytes/],
  ])('hides no part of %j', (text, clue) => {
    expect(describeBytes(bytes(text))).toMatch(clue)
  })
})

describe('a number is not read as the length of the line end behind it', () => {
  test.each([
    ['\0\0\0\x01', /^the number 1 as 4 bytes, big-endian/],
    ['\x01\0\0\0', /^the number 1 as 4 bytes, little-endian/],
    ['\0\x01', /^the number 1 as 2 bytes, big-endian/],
    ['\0\0\0\0\0\0\0\x01', /^the number 1 as 8 bytes, big-endian/],
    ['\0\x0250', /writeUTF/],
  ])('%j', (text, clue) => {
    expect(lineLooksLike(bytes(text))).toMatch(clue)
    expect(lineLooksLike(bytes(text), '\r\n')).toMatch(clue)
  })
})

describe('bytes that end in NUL', () => {
  test.each([
    [
      '@I\0\0\0\0\0\0',
      /^a text with NUL after it, .*, or the number 50 as 8 bytes, as struct\.pack\("!d", \.\.\.\) or writeDouble of Java: send text/,
    ],
    ['BH\0\0', /or the number 50 as 4 bytes, as struct\.pack\("!f"/],
    ['@\x16\0\0\0\0\0\0', /^the number 5\.5 as 8 bytes/],
    ['\xd0\xa0\xf7\xdd\xfd\x7f\0\0', /^an address of C, as write\(s, &p, sizeof p\)/],
    ['50\0\0', /^a text with NUL after it, as C stores it: send strlen bytes/],
    ['hi\0\0', /^a text with NUL after it, as C stores it: send strlen bytes/],
    ['guess!\0\0', /^a text with NUL after it, as C stores it: send strlen bytes/],
  ])('%j', (text, clue) => {
    expect(describeBytes(bytes(text))).toMatch(clue)
  })
})

test('recognizes the greeting of a mail server', () => {
  expect(describeBytes(bytes('220 smtp.example ESMTP ready'))).toMatch(/^the greeting of a mail or file server/)
  expect(describeBytes(bytes('220 people'))).toBeUndefined()
})

test.each([
  ['\xc8', /Latin-1, or the number 200 of struct\.pack\("B"/],
  ['\xfb\xff', /Latin-1, or the number -5 of struct\.pack\("h"/],
  ['\xff\xfb', /telnet|number -5 of struct\.pack\("!h"/],
  ['[B@1b2c3d', /^an array of Java printed by its address/],
  ['None', /^a value that was never set/],
  ['undefined\n', /^a value that was never set/],
])('recognizes a small number, or a placeholder of a value: %j', (text, clue) => {
  expect(describeBytes(bytes(text))).toMatch(clue)
})
