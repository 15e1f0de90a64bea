import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../../src/cli/diagnostics.ts'
import { decodeTextFile } from '../../src/cli/text-file.ts'
import { folder } from '../support/folders.ts'
import { Parlor, run, startServe } from '../support/process.ts'

/** Returns the sentence with which a file is refused. */
function refusal(bytes: Uint8Array, file = 'words.txt'): string {
  try {
    return `not refused: ${decodeTextFile(file, bytes)}`
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
}

const latin1 = (text: string) => Buffer.from(text, 'latin1')
const utf16 = (text: string) => Buffer.from(text, 'utf16le')

describe('a text file', () => {
  test('is read in UTF-8, with or without a byte order mark', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.boolean(), (any, mark) => {
        const text = any.replaceAll('\0', '').replace(/^\ufeff+/, '')
        fc.pre(!text.startsWith('PK\x03\x04'))
        expect(decodeTextFile('words.txt', new TextEncoder().encode(mark ? `\ufeff${text}` : text))).toBe(text)
      }),
    )
  })

  test.each([
    ['Latin-1', latin1('cat\nMünchen\n'), 2, 'the byte FC is not UTF-8; in Latin-1 (Windows-1252) it is "ü"', 'WINDOWS-1252'],
    ['Latin-1 in which a letter looks like the beginning of one', latin1('café\ndog'), 1, 'the byte E9 is not UTF-8', 'WINDOWS-1252'],
    ['Latin-1 at its very end', latin1('a\r\nb\rcaf\xe9'), 3, 'the byte E9 is not UTF-8', 'WINDOWS-1252'],
    ['Windows-1252', Uint8Array.of(0x61, 10, 0x80), 2, 'the byte 80 is not UTF-8; in Latin-1 (Windows-1252) it is "€"', 'WINDOWS-1252'],
    ['UTF-16 with a byte order mark', utf16('\ufeffcat\n'), 1, 'this is UTF-16', 'UTF-16'],
    ['UTF-16 with a byte order mark, big-endian', utf16('\ufeffcat\n').swap16(), 1, 'this is UTF-16', 'UTF-16'],
    ['UTF-16 without a mark', utf16('cat\ndog\n'), 1, 'this is UTF-16LE without a byte order mark', 'UTF-16LE'],
    ['UTF-16 without a mark, big-endian', utf16('cat\ndog\n').swap16(), 1, 'this is UTF-16BE without a byte order mark', 'UTF-16BE'],
    ['UTF-32', Uint8Array.of(0xff, 0xfe, 0, 0, 0x61, 0, 0, 0), 1, 'this is UTF-32', 'UTF-32'],
  ])('in %s is named as such, with the line and the command to convert it', (_, bytes, line, sentence, from) => {
    const said = refusal(bytes)
    expect(said).toContain(`words.txt, line ${line}: ${sentence}`)
    expect(said).toContain(`iconv -f ${from} -t UTF-8 words.txt`)
  })

  test('is converted to a file of the same kind', () => {
    for (const [file, to] of [
      ['words.txt', 'utf8.txt'],
      ['words', 'utf8.txt'],
      ['parlor.toml', 'utf8.toml'],
      ['/srv/bank.csv', 'utf8.csv'],
    ])
      expect(refusal(latin1('caf\xe9'), file)).toContain(`-t UTF-8 ${file} > ${to}, or`)
  })

  test('is named as a spreadsheet, or as binary if it has a NUL byte', () => {
    expect(refusal(Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0), 'bank.csv')).toBe(
      'bank.csv is a ZIP archive, such as .xlsx, .ods and .docx files, and not text; save it as "CSV UTF-8" or as plain text in UTF-8',
    )
    expect(refusal(new TextEncoder().encode(`cat\n${'dog '.repeat(500)}\nx\0y`))).toBe(
      'words.txt, line 3: there is a NUL byte, which no text has; give a text file in UTF-8',
    )
  })

  test('is never read with replacement characters', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        try {
          const text = decodeTextFile('words.txt', bytes)
          expect(Buffer.from(text)).toEqual(
            Buffer.from(bytes).subarray(bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0),
          )
        } catch (error) {
          if (!(error instanceof UsageError)) throw error
        }
      }),
      { numRuns: 500 },
    )
  })

  test('is quoted in the advice if a shell would split its name', () => {
    expect(refusal(latin1('ü'), "my word's list.txt")).toContain("-t UTF-8 'my word'\\''s list.txt' >")
  })
})

describe('the command line', () => {
  const file = (name: string, content: string | Uint8Array) => {
    const path = join(folder(), name)
    writeFileSync(path, content)
    return path
  }

  test('refuses words, questions and settings that are not UTF-8 by name and line', async () => {
    const words = file('words.txt', latin1('cat\nKöln\n'))
    expect(await run('solo', 'hangman', '--words', words)).toMatchObject({ code: 2, errors: expect.stringContaining(`${words}, line 2: `) })
    const questions = file('bank.csv', utf16('\ufeffquestion\tright\twrong\nQ?\tja\tnein\n'))
    expect(await run('serve', '--questions', questions)).toMatchObject({ code: 2, errors: expect.stringContaining('this is UTF-16') })
    const settings = file('parlor.toml', latin1('# für alle\nhost = "127.0.0.1"\n'))
    expect(await run('config', '--config', settings)).toMatchObject({ code: 2, errors: expect.stringContaining(`${settings}, line 1: `) })
  })

  const gift = 'Is it? {=yes ~no}\n\nWhy? {}\n\nHow many? {#3}\n'

  test('serves the usable questions, and reports why it skips each of the others', async () => {
    const questions = file('bank.gift', gift)
    const { server } = await startServe(['fh/quiz'], '--questions', questions)
    await using _ = server
    expect(server.errors).toContain('bank.gift, skipped: line 3: this asks for an essay')
    expect(server.errors).toContain('bank.gift, skipped: line 5: this asks for a number')
  })

  test('refuses a file with unusable questions with --strict, on the command line and in the settings', async () => {
    const questions = file('bank.gift', gift)
    const refused = { code: 2, errors: expect.stringMatching(/line 3: this asks for an essay[^\n]*\n[^\n]*line 5: this asks for a number/) }
    expect(await run('serve', '--only', 'quiz', '--questions', questions, '--strict')).toMatchObject(refused)
    expect(await run('host', 'quiz', '--questions', questions, '--strict')).toMatchObject(refused)
    const settings = file('parlor.toml', `only = ["quiz"]\nquestions = ${JSON.stringify(questions)}\nstrict = true\n`)
    expect(await run('serve', '--config', settings)).toMatchObject(refused)
    await using strict = new Parlor(['serve', '--only', 'quiz', '--questions', questions], undefined, {
      environment: { PARLOR_STRICT: 'true' },
    })
    expect(await strict.exit).toBe(2)
  })

  test('reports the skipped lines of a file of words', async () => {
    const words = file('words.txt', 'cat\n42\n')
    await using solo = new Parlor(['solo', 'hangman', '--words', words])
    await solo.complains(/words\.txt, skipped: line 2: a word to guess needs at least one letter/)
    expect(await run('solo', 'hangman', '--words', words, '--strict')).toMatchObject({ code: 2 })
  })
})
