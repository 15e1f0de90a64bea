import { describe, expect, test } from 'vitest'
import { DoorUser, lines } from '../support/door-user.ts'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { settled } from '../support/test-clock.ts'
import { TestLobby } from '../support/test-lobby.ts'

/** A game of ada against bob, in which ada has disconnected after the first event. */
async function withoutAda(game: string, lobby = new TestLobby()) {
  const [ada, bob] = [new MemoryNativeClient(lobby.service), new MemoryNativeClient(lobby.service)]
  await ada.say({ type: 'enter', name: 'ada' })
  await bob.say({ type: 'enter', name: 'bob' })
  await bob.say({ type: 'seek', game, seats: [0] })
  await ada.say({ type: 'seek', game, seats: [1] })
  const { table, token = '' } = ada.last('seated')
  ada.drop()
  return { lobby, bob, table, token }
}

/** Resumes a seat, and returns what its owner has missed, in words. */
async function missedBy(lobby: TestLobby, table: number, token: string, after?: number): Promise<readonly string[]> {
  const back = new MemoryNativeClient(lobby.service)
  await back.say({ type: 'resume', token })
  const answer = await back.say({ type: 'missed', table, ...(after === undefined ? {} : { after }) })
  if (answer.type !== 'missed') throw new Error(`the answer is ${JSON.stringify(answer)}`)
  return answer.lines.map(({ text }) => text)
}

describe('the missed events of a table', () => {
  test('are described since the disconnection, without those of the own connection', async () => {
    const { lobby, bob, table, token } = await withoutAda('tictactoe')
    await bob.say({ type: 'play', table, move: '5' })
    await bob.say({ type: 'say', table, text: 'are you there?' })
    await bob.say({ type: 'offer', table })
    await lobby.clock.pass(30_000)
    await bob.say({ type: 'wait', table })
    const all = ['bob played 5.', 'bob said: are you there?', 'bob offered a draw.', 'bob gave you more time to return.']
    expect(await missedBy(lobby, table, token)).toEqual(all)
    // the events: opened, gone, moved, said, offered, waited, back
    expect(await missedBy(lobby, table, token, 4)).toEqual(all.slice(2))
    expect(await missedBy(lobby, table, token, 99)).toEqual([])
  })

  test('are none for a seat that has moved since its last disconnection', async () => {
    const { lobby, bob, table, token } = await withoutAda('tictactoe')
    await bob.say({ type: 'play', table, move: '5' })
    const ada = new MemoryNativeClient(lobby.service)
    await ada.say({ type: 'resume', token })
    expect(await ada.say({ type: 'missed', table })).toMatchObject({ after: 1, lines: [{ n: 3, text: 'bob played 5.' }] })
    await ada.say({ type: 'play', table, move: '1' })
    expect(await ada.say({ type: 'missed', table })).toMatchObject({ lines: [] })
    expect(await ada.say({ type: 'missed', table, after: 1 })).toMatchObject({
      lines: [{ text: 'bob played 5.' }, { n: 5, text: 'You played 1.' }],
    })
  })

  test('have no choice that the game has not opened', async () => {
    const { lobby, bob, table, token } = await withoutAda('scissors')
    await bob.say({ type: 'play', table, move: 'stone' })
    expect(await missedBy(lobby, table, token)).toEqual(['bob moved.'])
    const watcher = new MemoryNativeClient(lobby.service)
    await watcher.say({ type: 'watch', table })
    const seen = await watcher.say({ type: 'missed', table, after: 0 })
    expect(seen).toMatchObject({ lines: expect.arrayContaining([expect.objectContaining({ text: 'bob moved.' })]) })
    expect(JSON.stringify(seen)).not.toMatch(/stone/i)
  })

  test('leave out the talk of muted users', async () => {
    const { lobby, bob, table, token } = await withoutAda('tictactoe')
    await bob.say({ type: 'say', table, text: 'buy now' })
    const back = new MemoryNativeClient(lobby.service)
    await back.say({ type: 'resume', token })
    await back.say({ type: 'mute', name: 'bob' })
    expect(await back.say({ type: 'missed', table })).toMatchObject({ lines: [] })
  })

  test('are at most the last 200, and the answer counts the others', async () => {
    const { lobby, bob, table, token } = await withoutAda('tictactoe')
    const said = 230
    for (let at = 1; at <= said; at++) {
      await bob.say({ type: 'say', table, text: `line ${at}` })
      await lobby.clock.pass(5000)
    }
    const back = new MemoryNativeClient(lobby.service)
    await back.say({ type: 'resume', token })
    const answer = await back.say({ type: 'missed', table, after: 1 })
    if (answer.type !== 'missed') throw new Error('it is refused')
    expect((answer.omitted ?? 0) + 200).toBe(bob.last('event').n - 1)
    expect(answer.lines.at(-1)?.text).toContain('said: ')
    expect(answer.lines.length).toBeLessThanOrEqual(200)
  })

  test('begin with the pause of the game after a restart of the server, which ended all connections', async () => {
    const { lobby, bob, table, token } = await withoutAda('tictactoe')
    const ada = new MemoryNativeClient(lobby.service)
    await ada.say({ type: 'resume', token })
    await bob.say({ type: 'play', table, move: '5' })
    const { token: other = '' } = bob.last('seated')
    lobby.service.closeHall(new Error('the server was stopped'))
    await lobby.service.hall.settled()
    const again = new TestLobby({ store: lobby.store })
    await again.service.open()
    const back = new MemoryNativeClient(again.service)
    await back.say({ type: 'resume', token: other })
    await back.say({ type: 'say', table, text: 'hello' })
    expect(await missedBy(again, table, token)).toEqual(['The game was paused.', 'bob came back.', 'bob said: hello'])
  })

  test('are for clients at the table alone', async () => {
    const { lobby, table } = await withoutAda('tictactoe')
    const eve = new MemoryNativeClient(lobby.service)
    await eve.say({ type: 'enter', name: 'eve' })
    expect(await eve.say({ type: 'missed', table })).toMatchObject({ type: 'error', code: 'not-seated' })
  })
})

test('a user at the front door reads after "resume" what has happened, with text of other users made safe', async () => {
  const { lobby, bob, table, token } = await withoutAda('tictactoe')
  await bob.say({ type: 'play', table, move: '5' })
  await bob.say({ type: 'say', table, text: 'hello\u001b[2J' })
  const ada = new DoorUser((line) => lobby.service.createSeating(line, 'parlor/door'), lobby.clock)
  await settled()
  ada.news()
  const screen = await ada.type(`resume ${token}`)
  expect(screen).toContain(lines('While you were away:', '  bob played 5.', '  bob said: hello\\x1b[2J'))
  expect(screen).not.toContain('\u001b')
})
