import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OriginalClient, originals } from '../support/originals.ts'
import { type Parlor, startServe } from '../support/process.ts'

const CLIENTS = 50
const CELLS = Array.from({ length: 9 }, (_, at) => String(at + 1))
const GUESSES = ['50', '25', '75', '1', '100']
const HALVES = Array.from({ length: 100 }, (_, at) => String(at + 1))

/** Original clients, the program that serves each, their input, and the end of their screen. */
const KINDS: readonly { client: string; program: string; typed: readonly string[]; asks?: true; ends: RegExp }[] = [
  { client: 'd000_basic_client', program: 'tjc/hello', typed: [], asks: true, ends: /b'Hello from server\\n'\n$/ },
  { client: 'd000_basic_client_protocol', program: 'tjc/iterative', typed: [], asks: true, ends: /b'Hello from server\\n'\n$/ },
  { client: 'd000_practice_client', program: 'tjc/practice', typed: [], asks: true, ends: /server: $/ },
  { client: 'd000_guess_client', program: 'tjc/guess', typed: GUESSES, ends: /(You win!|Game over\.)\n$/ },
  { client: 'd000_game_client', program: 'tjc/tictactoe', typed: CELLS, ends: /(You win!|Opponent wins!|Stalemate)\n\n$/ },
  {
    client: 'ref_d000_game_client_alternative',
    program: 'tjc/tictactoe-alternative',
    typed: CELLS,
    ends: /(You win!|Opponent wins!|Stalemate)\n\n$/,
  },
  {
    client: 'ref_d000_chat_quit_client',
    program: 'tjc/chat-quit',
    typed: ['hello', 'how are you?', 'quit'],
    asks: true,
    ends: /INPUT CLIENT: $/,
  },
  { client: 'd001_p1_client', program: 'c8/hello', typed: [], asks: true, ends: /Hello from server\n\n$/ },
  { client: 'd001_p2_client_protocol', program: 'c8/hello-split', typed: [], ends: /Hello from server\n\n$/ },
  { client: 'd001_slides_client', program: 'c8/hello-slides', typed: [], asks: true, ends: /Hello from server\n$/ },
  { client: 'ref_d001_a2_client', program: 'c8/both-ways', typed: [], ends: /Hello from server\n\n$/ },
  { client: 'ref_d001_a3_chat_client', program: 'c8/chat-bye', typed: ['hello', 'a nice day', 'Goodbye'], ends: /Input message: $/ },
  {
    client: 'd001_p5_headtail_client',
    program: 'c8/headtail',
    typed: ['h', 'T', 'x', 'q'],
    ends: /Thanks for playing the game\. Bye!\n\n$/,
  },
  { client: 'd001_a5_highlow_client', program: 'c8/highlow', typed: GUESSES, ends: /(You win!|Game over\.)\n$/ },
  { client: 'ref_d002_chat_client', program: 'cs/chat', typed: ['hello', '/q'], ends: /Shutting Down!\n$/ },
  { client: 'd003_hello_client', program: 'fh/hello', typed: [], ends: /^$/ },
  { client: 'ref_d003_strftime_client', program: 'fh/time', typed: ['%Y', '%d.%m.', ''], ends: /Format: $/ },
  { client: 'd003_http_client', program: 'fh/http', typed: [], ends: /<p>example<\/p>\n$/ },
  { client: 'd004_guess_client', program: 'book/guess', typed: HALVES, ends: /Exactly! You win!\n$/ },
]

describe.skipIf(!originals)('original clients against serve', () => {
  let server: Parlor
  let ports: Readonly<Record<string, number>>

  beforeAll(async () => {
    ;({ server, ports } = await startServe([...new Set(KINDS.map(({ program }) => program))], '--framing', 'none'))
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  test.each(KINDS)(
    `${CLIENTS} × $client at the same time against $program`,
    { timeout: 60_000 },
    async ({ client: script, program, typed, asks, ends }) => {
      const port = ports[program] ?? 0
      const lines = asks ? ['127.0.0.1', String(port), ...typed] : typed
      const all = await Promise.all(Array.from({ length: CLIENTS }, () => new OriginalClient(script, port).type(...lines).end().ended))
      for (const { screen, code } of all) {
        expect(screen).toMatch(ends)
        expect(code).toBe(0)
      }
      expect(server.errors).toBe('')
    },
  )
})
