import { describe, expect, onTestFinished, test } from 'vitest'
import { openStore } from '../../src/storage/sqlite/index.ts'
import { connectDoorUsers, DoorUser, lines } from '../support/door-user.ts'
import { folder } from '../support/folders.ts'
import { settled } from '../support/test-clock.ts'
import { TestLobby } from '../support/test-lobby.ts'

/** Ada, who plays with bob at table 1 and with carl at table 2, which is shown; at both she is to move. */
async function three(lobby = new TestLobby()) {
  const [ada, bob, carl] = (await connectDoorUsers(lobby, 'ada', 'bob', 'carl')) as [DoorUser, DoorUser, DoorUser]
  await ada.type('play tictactoe')
  await bob.type('play tictactoe')
  await carl.type('play tictactoe ada')
  await ada.type('accept')
  await carl.type('1')
  for (const one of [ada, bob, carl]) one.news()
  return { lobby, ada, bob, carl }
}

describe('several games at the same time at the front door', () => {
  test('are listed with the player to move, and the shown game is marked', async () => {
    const { ada } = await three()
    expect(await ada.type('mine')).toBe(
      lines(
        '  1  tictactoe, you (O) against bob (X)   your turn',
        '* 2  tictactoe, carl (O) against you (X)  your turn',
        'To show a table, type "go" and its number, such as "go 1".',
      ),
    )
  })

  test.each(['go 1', 'table 1'])('are switched by "%s", after which moves go there', async (typed) => {
    const { ada, bob, carl } = await three()
    expect(await ada.type(typed)).toMatch(
      /^Table 1: tictactoe, you \(O\) against bob \(X\)\.\n\n 1 \| 2 \| 3\n.*\nYour move: the number of a free cell\.\n$/s,
    )
    await ada.type('9')
    expect(bob.news()).toContain('ada has moved: 9.')
    expect(carl.news()).toBe('')
  })

  test('end the watching of a table, and report the end', async () => {
    const lobby = new TestLobby()
    const [ada, bob, eve] = (await connectDoorUsers(lobby, 'ada', 'bob', 'eve')) as [DoorUser, DoorUser, DoorUser]
    await ada.type('play tictactoe')
    await bob.type('play tictactoe')
    await eve.type('watch 1')
    eve.news()
    const left = 'You no longer watch table 1: "watch 1" returns to it.'
    expect(await eve.type('play guess')).toMatch(new RegExp(`^\\n${left}\n\\nTable 2: guess`))
    await eve.type('resign', 'watch 1')
    await bob.type('resign')
    eve.news()
    expect(await eve.type('play guess')).not.toContain('no longer watch')
  })

  test('report events of the others in a line each', async () => {
    const { ada, bob, carl } = await three()
    await ada.type('go 1', '9')
    ada.news()
    await bob.type('say hello', '5')
    expect(ada.news()).toContain('bob says: hello')
    await ada.type('go 2')
    await ada.type('2')
    ada.news()
    await bob.type('draw')
    expect(ada.news()).toBe(lines('', 'Table 1: bob offers a draw: "accept", "decline", or make a move.'))
    await ada.type('go 1', '3')
    ada.news()
    await carl.type('4')
    expect(ada.news()).toBe(lines('', 'Table 2: it is your turn.'))
    await carl.type('resign')
    expect(ada.news()).toBe(lines('', 'Table 2: carl has resigned, you win!'))
  })

  test.each(['accept', 'accept bob', 'decline'])('accept "%s" as the answer to an offer at another table', async (typed) => {
    const { ada, bob } = await three()
    await ada.type('go 1', '9', 'go 2')
    await bob.type('draw')
    ada.news()
    const said = await ada.type(typed)
    expect(said).toContain(typed === 'decline' ? 'Table 1: You have declined.' : 'Table 1: You have agreed on a draw.')
    expect(await ada.type(typed)).toMatch(/^(You have no challenge or offer to answer|bob has not asked you for a game)\.\n$/)
  })

  test('do not show a game that begins during another until the user switches to it', async () => {
    const [ada, bob, carl] = (await connectDoorUsers(new TestLobby(), 'ada', 'bob', 'carl')) as [DoorUser, DoorUser, DoorUser]
    await ada.type('play tictactoe')
    await bob.type('play tictactoe')
    await ada.type('play scissors carl')
    ada.news()
    await ada.send('5')
    await carl.type('accept')
    expect(ada.news()).toMatch(
      /^\nTable 2: you play scissors with carl\.\n.*resume \w{26}\nTable 2: it is your turn\.\nTo show it, type "go 2"\.\n$/,
    )
    // the rest of the half-typed line is sent to the shown table
    await ada.send('\n')
    expect(bob.news()).toContain('ada has moved: 5.')
  })

  test('continue with the next game when the user leaves a game', async () => {
    const { ada, carl } = await three()
    await carl.type('resign')
    ada.news()
    expect(await ada.type('leave')).toMatch(/^You have left table 2\.\n\nTable 1: tictactoe/)
    await ada.type('resign', 'leave')
    expect(await ada.type('mine')).toBe(lines('You play no game now. "play tictactoe" begins a game.'))
  })

  test('allow watching, and a return to them', async () => {
    const { lobby, ada } = await three()
    const [dora, emil] = (await connectDoorUsers(lobby, 'dora', 'emil')) as [DoorUser, DoorUser]
    await dora.type('play tictactoe')
    await emil.type('play tictactoe')
    expect(await ada.type('watch 3')).toContain('Table 3: you watch')
    expect(await ada.type('go 2')).toContain('Table 2: tictactoe')
    await dora.type('5')
    expect(ada.news()).toBe('')
  })

  test.each([
    ['go', /^ {2}1 /],
    ['go 9', /^You are not at table 9: "mine" lists your games, and "watch 9" watches it\./],
    ['go x', /^Type the number of one of your tables/],
    ['go 99999999999999999999', /^Type the number of one of your tables/],
  ])('answer %s with the command to type', async (typed, answer) => {
    const { ada } = await three()
    expect(await ada.type(typed)).toMatch(answer)
  })

  test('have reserved seats, which the last lines list when the user disconnects', async () => {
    const { ada } = await three()
    const bye = await ada.type('quit')
    expect(bye.match(/Your seat at table \d is held for 2 minutes: resume \w{26}\n/g)).toHaveLength(2)
  })
})

describe('the list of tables', () => {
  test('marks absent players', async () => {
    const { bob, carl } = await three()
    await bob.drop()
    expect(await carl.type('tables')).toContain('  1  tictactoe  ada against bob (away)\n')
  })
})

describe('the last line about a seat when the connection ends', () => {
  test('reports that the seat is reserved when the server stops', async () => {
    const path = folder()
    const store = await openStore({ folder: path })
    const lobby = new TestLobby({ store })
    onTestFinished(() => lobby.service.close())
    const [ada] = (await connectDoorUsers(lobby, 'ada')) as [DoorUser]
    await ada.type('play tictactoe house')
    ada.news()
    const reason = new Error('the server was stopped')
    lobby.service.closeHall(reason)
    ada.conversation.stop(reason)
    await settled()
    expect(ada.news()).toMatch(/Bye\.\nYour seat at table 1 is held after a restart: resume \w{26}\n$/)
  })

  test('does not report the loss if the server has no data folder', async () => {
    const lobby = new TestLobby()
    const [ada] = (await connectDoorUsers(lobby, 'ada')) as [DoorUser]
    await ada.type('play tictactoe house')
    ada.news()
    const reason = new Error('the server was stopped')
    lobby.service.closeHall(reason)
    ada.conversation.stop(reason)
    await settled()
    expect(ada.news()).toMatch(/ Bye\.\n$/)
  })

  test('does not report that to a connection that its owner replaces', async () => {
    const { lobby, ada } = await three()
    const token = /resume (\w{26})/.exec(ada.screen)?.[1] ?? ''
    const again = new DoorUser((line) => lobby.service.createSeating(line, 'parlor/door'), lobby.clock)
    await settled()
    await again.type(`resume ${token}`)
    const received = ada.news()
    expect(received).toContain('Bye.')
    expect(received).not.toContain('is held')
  })
})
