import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ClassLine, formatClassLine, parseClassLine } from '../../../src/lab/class/class-lines.ts'
import { Roster } from '../../../src/lab/class/roster.ts'
import { WatchedClass } from '../../support/watched-class.ts'

const programs = ['guess', 'hangman', 'quiz', 'chat', 'time', 'tictactoe', 'door', 'c8/hello']
const anyText = fc.oneof(
  fc.constantFrom('GUESS\n', '50\n', 'START\n', 'MOVE5\n', 'LOGIN ada engine\n', '5', '\n', '\r\n', '\0', 'é'),
  fc.string({ maxLength: 20 }),
)
const anyExchange = fc.array(fc.tuple(fc.constantFrom('>', '<'), anyText), { maxLength: 12 })

test('every line of the class console is the same after it was sent', async () => {
  const kinds = new Set<string>()
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...programs), anyExchange, async (program, texts) => {
      const room = new WatchedClass()
      const watched = await room.connect(program)
      await room.exchange(watched, ...texts.map(([from, text]) => `${from}${text}`))
      await room.clock.pass(3000)
      watched.client.reset()
      await room.clock.pass(1000)
      room.console.stop()
      if (texts.length % 2 === 0) room.console.setRoster(new Roster('desk,address\nthe window \u{1f600},127.0.0.1\n'))
      const row = room.row(watched)
      const all: ClassLine[] = [
        { type: 'class', version: 1 },
        { type: 'connection', row },
        ...room.console.observations(1).map((one): ClassLine => ({ type: 'observation', connection: 1, ...one })),
        { type: 'gone', connection: 1 },
        { type: 'snapshot', unwatched: 3 },
      ]
      for (const line of all) {
        if (line.type === 'observation') kinds.add(line.observation.kind)
        const text = formatClassLine(line)
        expect(text).not.toContain('\n')
        expect(parseClassLine(text)).toEqual(line)
      }
    }),
    { numRuns: 200 },
  )
  expect([...kinds]).toEqual(expect.arrayContaining(['message', 'unfinished', 'end', 'judged']))
})

test.each([
  ['no JSON', /not JSON/],
  ['{"type":"class","version":2,"at":0}', /this version does not support/],
  ['{"type":"elsewhere"}', /this version does not support/],
  ['{"refused":"not today"}', /^not today$/],
])('%s is refused with a sentence', (text, sentence) => {
  expect(parseClassLine(text)).toEqual({ refused: expect.stringMatching(sentence) })
})
