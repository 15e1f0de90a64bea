import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Side } from '../../../src/protocol/automaton.ts'
import { judgeHandIn } from '../../support/judge-hand-in.ts'
import { hasNamespaces, hasPython, works } from '../../support/sandboxes.ts'

const folder = join(import.meta.dirname, 'students')
const hasNode = works('node', '--version')

type Broken = readonly [file: string, name: string, check: string, sentence: RegExp, role?: Side]

/** The broken programs: each with its protocol, the check that finds it, and words of its sentence. */
const BROKEN: readonly Broken[] = [
  ['missing-newline.py', 'guess', 'plays-to-the-end', /no line end/],
  ['crlf.js', 'guess', 'plays-to-the-end', /"50\\r"/],
  ['wrong-encoding.py', 'guess', 'plays-to-the-end', /UTF-16/],
  ['length-prefix.py', 'guess', 'plays-to-the-end', /length before the text/],
  ['repr-of-bytes.py', 'guess', 'plays-to-the-end', /b'\d+'/],
  ['wrong-serialization.js', 'guess', 'plays-to-the-end', /JSON/],
  ['wrong-serialization.py', 'guess', 'plays-to-the-end', /pickle/],
  ['answered-twice.py', 'guess', 'plays-to-the-end', /again/],
  ['prompt-on-wire.js', 'guess', 'plays-to-the-end', /Your guess: 50/],
  ['crashed.js', 'guess', 'plays-to-the-end', /exit code 1/],
  ['never-closes.js', 'guess', 'plays-to-the-end', /does not end/],
  ['wrong-address.py', 'guess', 'plays-to-the-end', /another address/],
  ['hangs.py', 'guess', 'plays-to-the-end', /sent nothing/],
  ['closed-early.py', 'guess', 'plays-to-the-end', /closed|broke/],
  ['glued-read.py', 'guess', 'plays-to-the-end', /arrived together/],
  ['drops-buffered-data.py', 'guess', 'plays-to-the-end', /arrived together/],
  ['partial-read.py', 'guess', 'byte-by-byte', /in pieces/],
  ['partial-read-of-characters.py', 'chat', 'cut-inside-a-character', /bytes of one character/],
  ['spins-after-close.py', 'guess', 'gone-by-fin', /uses the processor/],
  ['write-after-close.py', 'guess', 'plays-to-the-end', /closed/],
  ['spelling.py', 'tictactoe', 'plays-to-the-end', /"move\d"/],
  ['out-of-turn.py', 'guess', 'plays-to-the-end', /"LOW"/, 'server'],
  ['spelling.js', 'hangman', 'plays-to-the-end', /"Start"/],
  ['not-listening.py', 'hello', 'plays-to-the-end', /could connect/, 'server'],
  ['address-in-use.py', 'hello', 'restart-on-the-same-port', /SO_REUSEADDR/, 'server'],
]

const CORRECT: readonly (readonly [file: string, name: string])[] = [
  ['correct-makefile.py', 'guess'],
  ['correct-select.py', 'guess'],
  ['correct-readline.js', 'guess'],
  ['correct-tictactoe.py', 'tictactoe'],
  ['correct-chat.py', 'chat'],
]

const commandOf = (file: string) => `${file.endsWith('.py') ? 'python3' : 'node'} ${file}`

describe.skipIf(!hasPython || !hasNode || !hasNamespaces)('a program of a student', { timeout: 30_000 }, () => {
  test.each(BROKEN.map((broken) => ({ broken, title: broken.slice(0, 3).join(', ') })))(
    'fails, and its cause is named: $title',
    async ({ broken }) => {
      const [file, name, only, sentence, role = 'client'] = broken
      const [result, ...others] = await judgeHandIn({ name, role, command: commandOf(file), cwd: folder, only })
      expect(others).toEqual([])
      expect(result).toMatchObject({ cause: file.replace(/(?:-of-characters)?\.\w+$/, ''), passed: false })
      expect(result?.sentence).toMatch(sentence)
    },
  )

  test.each(CORRECT)('%s of %s passes every check of the worksheet level', async (file, name) => {
    const results = await judgeHandIn({ name, role: 'client', command: commandOf(file), cwd: folder, level: 'worksheet' })
    expect(results.length).toBeGreaterThan(0)
    expect(results.filter(({ passed }) => !passed)).toEqual([])
  })
})

describe.skipIf(!hasPython || !hasNamespaces)('the check that cuts inside characters', () => {
  test('passes a chat that decodes whole lines', async () => {
    const chat = { name: 'chat', role: 'client', command: 'python3 correct-chat.py', cwd: folder } as const
    expect(await judgeHandIn({ ...chat, only: 'cut-inside-a-character' })).toMatchObject([{ passed: true }])
  })
})

test('each program of a student has its test', () => {
  expect(readdirSync(folder).sort()).toEqual([...BROKEN, ...CORRECT].map(([file]) => file).sort())
})
