import { describe, expect, onTestFinished, test } from 'vitest'
import { createSystemClock } from '../../src/base/clock.ts'
import { ClassWatch } from '../../src/cli/class-watch.ts'
import { seededRandom } from '../../src/games/random.ts'
import { LobbyService } from '../../src/lobby/service.ts'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { LineSocket } from '../support/line-socket.ts'
import { NativeLink } from '../support/native-link.ts'
import { openServer } from '../support/open-server.ts'
import { program } from '../support/play.ts'
import { LineClient } from '../support/start-server.ts'

/** Starts a server of one program with a class console. */
async function openWatched(name: string) {
  const clock = createSystemClock()
  const random = seededRandom(1)
  const logged: string[] = []
  const logs = { log: (_: string, sentence: string) => logged.push(sentence) }
  const watch = new ClassWatch({ options: {}, streams: 'tcp', logs, clock })
  onTestFinished(() => watch.console.stop())
  const service = new LobbyService({
    ...{ store: memoryStore(), clock, random, onEnded: watch.onEnded, wait: 0 },
    onError: (sentence) => logged.push(sentence),
  })
  watch.setLobby(service)
  const { server, address } = await openServer(await program(name), {
    ...{ service, random, logs: watch.logs },
    overlay: (transport, served, info) => watch.watch(transport, served, info),
  })
  onTestFinished(async () => {
    await server.stop()
    expect(logged).toEqual([])
  })
  /** Everything that the console would show. */
  const shown = () => {
    const rows = watch.console.list()
    return JSON.stringify([rows, rows.map(({ connection }) => watch.console.observations(connection))])
  }
  return { console: watch.console, port: address.port, shown }
}

describe('the class console of a real server', () => {
  test('stores no password, token or talk of the front door and of the native protocol', async () => {
    const { console, port, shown } = await openWatched('parlor/door')
    const line = new LineSocket(port)
    const ada = new LineClient(line)
    await ada.until(/What is your name/)
    await ada.type('ada', /^Type "play/)
    await ada.type('register', /A password for ada/)
    await ada.type('engine-1843', /once more\?/)
    await ada.type('engine-1843', /is registered now/)
    const received: unknown[] = []
    const told = Promise.withResolvers<void>()
    const grace = await NativeLink.open(port, (message) => {
      received.push(message)
      if (message.type === 'told') told.resolve()
    })
    onTestFinished(() => grace.close())
    await grace.ask({ type: 'enter', name: 'grace' })
    await grace.ask({ type: 'register', name: 'grace', password: 'flow-matic-1955' })
    const session = await grace.ask({ type: 'session' })
    line.say('tell grace my private words')
    await told.promise
    await grace.ask({ type: 'tell', name: 'ada', text: 'an answer in private' })
    await ada.until(/grace tells you: an answer in private/)
    await ada.type('play tictactoe', /number of a free cell|Your move/i)
    await ada.type('say good luck with that', /^Sent/)
    const [, seat = ''] = /resume (\w{20,})/.exec(ada.lines.join('\n')) ?? []
    await ada.type(`resume ${seat}`, /./)
    expect(JSON.stringify(received)).toContain('my private words')
    const token = 'session' in session ? String(session.session) : ''
    expect([token.length, seat.length].every((length) => length > 8)).toBe(true)
    const text = shown()
    for (const hidden of ['engine-1843', 'flow-matic', 'private', 'good luck', token, seat]) expect(text).not.toContain(hidden)
    // what is no secret is there
    expect(text).toContain('"type\\":\\"register')
    expect(text).toContain('play tictactoe')
    expect(console.list().map(({ name, program: served }) => [name, served])).toEqual([
      ['ada', 'parlor/door'],
      [undefined, 'parlor/door'],
    ])
  })

  test('names a move against the rules, which the bytes do not show', async () => {
    const { console, port } = await openWatched('tjc/tictactoe')
    const player = new LineSocket(port)
    const move = await player.hear()
    player.say(move)
    await player.gone
    expect(console.list()[0]?.fault?.sentence).toBe(`the client sent ${move}: cell ${move.at(-1)} is taken by O`)
  })

  test('counts the games that were played to their end, and not those that a player has left', async () => {
    const { console, port } = await openWatched('tjc/guess')
    const [player, quitter] = [new LineSocket(port), new LineSocket(port)]
    await quitter.hear()
    quitter.close()
    for (let line = await player.hear(); line !== 'GAMEOVER' && line !== 'WIN'; line = await player.hear()) {
      if (line === 'GUESS') player.say('1')
    }
    await player.gone
    const isClosed = () => console.list().every(({ isOpen }) => !isOpen)
    if (!isClosed()) await new Promise<void>((resolve) => console.subscribe(() => isClosed() && resolve()))
    expect(console.list().map(({ progress }) => progress.games)).toEqual([1, 0])
    expect(console.list()[1]?.fault?.sentence).toMatch(/before the end of the conversation/)
  })
})
