import { expect, test } from 'vitest'
import { connectDoorUsers, type DoorUser, lines } from '../support/door-user.ts'
import { TestLobby } from '../support/test-lobby.ts'

/** Plays a game of tic-tac-toe at the front door, with a chat message; the player who begins wins. */
async function playGame(ada: DoorUser, bob: DoorUser): Promise<void> {
  await ada.type('play tictactoe')
  await bob.type('play tictactoe')
  const [first, second] = (await ada.type('board')).includes('Your move') ? [ada, bob] : [bob, ada]
  await first.type('1', 'say good luck')
  await second.type('4')
  await first.type('2')
  await second.type('5')
  await first.type('3')
}

test('a finished game is listed by "recent" and shown again by "replay", in pages that fit a screen', async () => {
  const lobby = new TestLobby()
  const [ada, bob, eve] = (await connectDoorUsers(lobby, 'ada', 'bob', 'eve')) as [DoorUser, DoorUser, DoorUser]
  expect(await eve.type('recent')).toBe(lines('No game has ended here yet. "tables" lists the games under way.'))
  await playGame(ada, bob)
  const [, winner = '', loser = ''] =
    /^ {2}1 {2}2024-02-29 {2}tictactoe {2}(ada|bob) against (ada|bob) {2}\1 won\n/.exec(await eve.type('recent')) ?? []
  const pages = [await eve.type('replay 1')]
  while (pages.at(-1)?.includes('"more"')) pages.push(await eve.type('more'))
  expect(pages[0]).toBe(
    lines(
      `Table 1: tictactoe, ${winner} (O) against ${loser} (X).`,
      '',
      ' 1 | 2 | 3',
      '-----------',
      ' 4 | 5 | 6',
      '-----------',
      ' 7 | 8 | 9',
      '',
      `1. ${winner}: 1`,
      ' O | 2 | 3',
      '-----------',
      ' 4 | 5 | 6',
      '-----------',
      ' 7 | 8 | 9',
      '',
      `${winner} says: good luck`,
      '',
      '1 move so far: "more" shows the next.',
    ),
  )
  const moves = [...pages.join('').matchAll(/^(\d)\. (\w+): (\d)$/gm)].map(([, number, name, move]) => `${number} ${name} ${move}`)
  expect(moves).toEqual([`1 ${winner} 1`, `2 ${loser} 4`, `3 ${winner} 2`, `4 ${loser} 5`, `5 ${winner} 3`])
  expect(pages.at(-1)).toMatch(new RegExp(`\n\n${winner} wins\\.\n$`))
  for (const page of pages) expect(page.split('\n').length).toBeLessThanOrEqual(24)
})

test('"replay" says which number it needs, and shows no game that is not over or that is private', async () => {
  const lobby = new TestLobby()
  const [ada, eve] = (await connectDoorUsers(lobby, 'ada', 'eve')) as [DoorUser, DoorUser]
  expect(await eve.type('replay')).toMatch(/^Type the number of a table, too/)
  expect(await eve.type('replay one')).toMatch(/^Type the number of a table, too/)
  const missing = lines('There is no finished game 1 for you to see: "recent" and "history" list them.')
  expect(await eve.type('replay 1')).toBe(missing)
  await ada.type('play hangman')
  expect(await eve.type('replay 1')).toBe(lines('The game at table 1 is not over: watch it.'))
  await ada.type('resign')
  expect(await eve.type('replay 1')).toMatch(/^Table 1: hangman, ada\.\n[\s\S]*The word was \w+/)
  const invitation = await ada.type('invite tictactoe')
  const [, code = ''] = /join (\S+-\S+)/.exec(invitation) ?? []
  const [bob] = (await connectDoorUsers(lobby, 'bob')) as [DoorUser]
  await bob.type(`join ${code}`)
  await ada.type('resign')
  expect(await eve.type('replay 2')).toBe(missing.replace('1', '2'))
  bob.news()
  expect(await bob.type('replay 2')).toMatch(/^Table 2: tictactoe, /)
})
