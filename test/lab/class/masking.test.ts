import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { WatchedProtocol } from '../../../src/lab/monitor/monitor.ts'
import { defineAutomaton } from '../../../src/protocol/automaton.ts'
import { client, server } from '../../../src/protocol/message-spec.ts'
import { lines } from '../../../src/wire/framing/lines.ts'
import { settled } from '../../support/test-clock.ts'
import { WatchedClass } from '../../support/watched-class.ts'

/** A protocol of a plug-in, with talk inside of a message. */
const shouting: WatchedProtocol = {
  name: 'plug-in/shouting',
  automaton: defineAutomaton({
    messages: {
      SAY: client('SAY {to} {text}', { example: 'SAY ada hello', free: true }),
      SAID: server('SAID {text}', { example: 'SAID hello', free: true }),
      MOVE: client('MOVE {cell}', { example: 'MOVE 5' }),
    },
    start: 'talking',
    states: { talking: { SAY: 'answered', MOVE: 'answered' }, answered: { SAID: 'talking' } },
  }),
  toServer: lines(),
  toClient: lines(),
}

/** Conversations with a secret or a talk in place of `#`: lines of the client begin with `>`, those of the server with `<`. */
const CONVERSATIONS: readonly (readonly [program: string | WatchedProtocol, ...lines: readonly string[]])[] = [
  ['quiz', '>LOGIN ada #', '<ERROR wrong password', '>LOGIN ada #', '<Welcome ada', '>START 5'],
  ['quiz', '>REGISTER ada #', '<Welcome ada'],
  ['quiz', '>register ada #', '<ERROR write REGISTER', '>REGISTER #', '<ERROR what?', '>LOGIN:#', '>PASSWORD #'],
  ['scissors', '<CHOOSE', '>LOGIN ada #', '<ERROR choose 1', '<CHOOSE', '>password #', '<ERROR choose 1', '<CHOOSE', '>1'],
  ['scissors', '>PASS #'],
  ['guess', '<GUESS', '>register #'],
  ['door', '<What is your name?', '>ada', '<Your password?', '>#', '<Hello again, ada.', '>say #', '<You say: #', '>tell bob #'],
  ['door', '>login ada', '>#', '>shout #', ">'#", '>sya #', '>tell bob # and more', '<bob tells you: #', '<  #', '>#'],
  ['door', '>login ada #', '>register #', '>password # #', '>resume #', '>join #', '>unregister #', '<Your token is #.'],
  ['door', '>{"type":"hello"}', '>{"type":"login","name":"ada","password":"#"}', '<{"type":"ok","session":"#"}'],
  ['door', '>{"type":"resume","token":"#"}', '<{"type":"seated","table":1,"token":"#"}', '>{"type":"resume","session":"#"}'],
  ['door', '>{"type":"say","table":1,"text":"#"}', '<{"type":"told","name":"bob","text":"# #"}', '>{"type":"tell","text":["#"]}'],
  ['door', '>{"type":"tell","name":"bob","te\\u0078t":"#"}', '>{"type":"say","text":"#', '>{"type":"register","password":"#"'],
  ['door', '<{"type":"events","events":[{"type":"said","text":"a \\"#\\" b"},{"type":"said","text":"#"}]}'],
  ['chat', '<#', '># #', '>#', '<#', '<#', '># bye'],
  ['c8/chat', '<#', '>#', '>\x00#'],
  ['talk', '>#', '<#', '>play tictactoe', '>#', '<#', '>/q #', '># /q'],
  [shouting, '>SAY ada #', '<SAID #', '>SAY #', '>say ada #', '<SAID #', '<#', '>MOVE 5', '>#'],
]

/** A word that is in no conversation otherwise. */
const secret = fc.string({ unit: fc.constantFrom(...'abcdefghkmnpqrstuvwxyz'), minLength: 10, maxLength: 14 })
const anyConversation = fc.record({
  conversation: fc.constantFrom(...CONVERSATIONS),
  secret,
  /** The cuts in the lines: bytes of each write, one after the other. */
  pieces: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
  /** Line whose end is left out, so that it stays unfinished. */
  cut: fc.integer({ min: 0, max: 9 }),
  end: fc.constantFrom('client', 'server', 'reset' as const),
})

/** Everything that the console would show. */
function shown({ console }: WatchedClass): string {
  const rows = console.list()
  return JSON.stringify([rows, rows.map(({ connection }) => console.observations(connection))], (_, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
  )
}

describe('passwords, tokens and talk', () => {
  test('are in nothing that the class console stores, for any cuts by the network', async () => {
    let masked = 0
    await fc.assert(
      fc.asyncProperty(anyConversation, async ({ conversation: [program, ...all], secret: word, pieces, cut, end }) => {
        const room = new WatchedClass()
        const watched = await room.connect(program)
        let piece = 0
        for (const [at, line] of all.entries()) {
          const text = `${line.slice(1).replaceAll('#', word)}${at === cut ? '' : '\n'}`
          for (let from = 0; from < text.length; ) {
            const size = pieces[piece++ % pieces.length] ?? 1
            await room.exchange(watched, `${line[0]}${text.slice(from, from + size)}`)
            from += size
            expect(shown(room)).not.toContain(word)
          }
          if (at === cut) {
            await room.clock.pass(3000)
            expect(shown(room)).not.toContain(word)
            break
          }
        }
        if (end === 'client') watched.client.finish()
        else if (end === 'server') watched.server.finish()
        else watched.client.reset()
        await settled()
        const text = shown(room)
        expect(text).not.toContain(word)
        if (text.includes('***')) masked++
        room.console.stop()
      }),
      { numRuns: 300 },
    )
    expect(masked).toBeGreaterThan(100)
  })

  test('are the only parts of a message that are masked', async () => {
    const room = new WatchedClass()
    const texts = async (program: string | WatchedProtocol, ...all: readonly string[]) => {
      const watched = await room.connect(program)
      await room.exchange(watched, ...all.map((line) => `${line}\n`))
      return room.console.observations(watched.connection).map(({ observation }) => observation.kind === 'message' && observation.text)
    }
    expect(await texts('quiz', '>LOGIN ada secret', '<Welcome ada', '>START 5')).toEqual(['LOGIN ***', 'Welcome ada', 'START 5'])
    expect(await texts('door', '>play tictactoe', '>5', '>say hello', '>{"type":"say","table":1,"text":"hello"}')).toEqual([
      'play tictactoe',
      '5',
      '***',
      '{"type":"say","table":1,"text":"***"}',
    ])
    expect(await texts(shouting, '>SAY ada hello', '<SAID hello', '>MOVE 5')).toEqual(['SAY ***', 'SAID ***', 'MOVE 5'])
    expect(await texts('guess', '<GUESS', '>fifty')).toEqual(['GUESS', 'fifty'])
  })

  test('are not in the sentence on an illegal or unfinished text, which says what was expected', async () => {
    const room = new WatchedClass()
    const illegal = await room.connect(shouting)
    await room.exchange(illegal, '>say hello\n')
    expect(room.row(illegal).fault?.sentence).toBe(
      'the client sent a text, which is not shown: expected something like "SAY ada hello" or "MOVE 5"',
    )
    const unfinished = await room.connect('chat')
    await room.exchange(unfinished, '<Hello\n', '>my dear')
    await room.clock.pass(3000)
    expect(room.row(unfinished).fault?.sentence).toBe('the client has sent a text, which is not shown, and no line end (\\n)')
  })
})
