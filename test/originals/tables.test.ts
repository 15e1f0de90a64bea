import { connect, type Socket } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { OriginalClient, originals } from '../support/originals.ts'
import { startServe } from '../support/process.ts'

/** The classroom client whose server begins, and the client that begins itself. */
const SECOND = { script: 'd000_game_client', program: 'tjc/tictactoe' }
const FIRST = { script: 'ref_d000_game_client_alternative', program: 'tjc/tictactoe-alternative' }

async function tables() {
  const { server, ports } = await startServe([SECOND.program, FIRST.program, 'parlor/door'], '--wait', '60s')
  onTestFinished(() => server[Symbol.asyncDispose]())
  return (program: string) => ports[program] ?? 0
}

/** Plays these cells with an original client; resolves to its screen. */
async function playOriginal({ script }: typeof SECOND, port: number, cells: readonly number[]): Promise<string> {
  const { screen } = await new OriginalClient(script, port).type(...cells).end().ended
  return screen
}

/** A user at the front door, with nc. */
class Caller {
  #received = ''
  #news = Promise.withResolvers<void>()
  readonly #socket: Socket

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1')
    this.#socket.setEncoding('utf8').on('data', (text: string) => {
      this.#received += text
      this.#news.resolve()
      this.#news = Promise.withResolvers()
    })
    onTestFinished(() => void this.#socket.destroy())
  }

  type(line: string): void {
    this.#socket.write(`${line}\n`)
  }

  /** Resolves when it has received a text, once more than `times` times. */
  async hears(pattern: RegExp, times = 0): Promise<void> {
    while ([...this.#received.matchAll(new RegExp(pattern, 'g'))].length <= times) await this.#news.promise
  }
}

describe.skipIf(originals === undefined)('original clients at tables with others', () => {
  test('a client that is second and a client that begins play with each other', async () => {
    const port = await tables()
    const screens = [playOriginal(SECOND, port(SECOND.program), [4, 5]), playOriginal(FIRST, port(FIRST.program), [1, 2, 3])]
    const [second, first] = await Promise.all(screens)
    expect(second).toContain('Opponent wins!')
    expect(first).toContain('You win!')
  })

  test.each([
    { kind: SECOND, own: [4, 5], other: [1, 2, 3], end: 'Opponent wins!' },
    { kind: FIRST, own: [1, 2, 3], other: [4, 5], end: 'You win!' },
  ])('$kind.script plays with a user with nc at the front door', async ({ kind, own, other, end }) => {
    const port = await tables()
    const caller = new Caller(port('parlor/door'))
    caller.type('ada')
    caller.type('play tictactoe')
    await caller.hears(/You wait/)
    const screen = playOriginal(kind, port(kind.program), own)
    for (const [at, cell] of other.entries()) {
      await caller.hears(/[Yy]our move/, at)
      caller.type(String(cell))
    }
    expect(await screen).toContain(end)
    await caller.hears(/You win!|wins/)
  })
})
