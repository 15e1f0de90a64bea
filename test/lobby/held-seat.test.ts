import { expect, test } from 'vitest'
import { DoorUser, lines } from '../support/door-user.ts'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { settled } from '../support/test-clock.ts'
import { TestLobby } from '../support/test-lobby.ts'

const PASSWORD = 'engine-1843'

/** A user at the front door, registered or logged in. */
async function door(lobby: TestLobby, name: string): Promise<DoorUser> {
  const caller = new DoorUser((line) => lobby.service.createSeating(line, 'parlor/door'), lobby.clock)
  await settled()
  const known = (await lobby.store.accounts.named(name)) !== undefined
  await caller.type(name, ...(known ? [] : ['register', PASSWORD]))
  await caller.send(`${PASSWORD}\n`)
  await caller.until(known ? `Hello, ${name}.` : `${name} is registered now`)
  return caller
}

/** Two users in a rated game; the first has lost the connection and logged in again, without resuming the seat. */
async function back() {
  const lobby = new TestLobby()
  const kim = await door(lobby, 'kim')
  const leo = await door(lobby, 'leo')
  await kim.type('play tictactoe rated')
  await leo.type('play tictactoe rated')
  await kim.type('5')
  await kim.drop()
  const again = await door(lobby, 'kim')
  again.news()
  leo.news()
  return { lobby, kim: again, leo }
}

test('a user who has logged in again and not resumed is notified when the opponent resigns, with the ratings', async () => {
  const { kim, leo } = await back()
  await leo.type('resign')
  await settled()
  expect(kim.news()).toMatch(
    /^\nYour game at table 1, tictactoe against leo, is over: won \(leo resigned\)\.\n(\n)?Table 1: Ratings: you \d+, after a first game; leo \d+, after a first game\.\n$/,
  )
  expect(await kim.type('history')).toContain('won (leo resigned)')
})

test.each(['unregister', 'claim', 'abort'] as const)(
  'a user who has not resumed is notified when the opponent ends the game by %s',
  async (how) => {
    const { lobby, kim, leo } = await back()
    await lobby.clock.pass(31_000)
    const ending = how === 'unregister' ? await door(lobby, 'leo') : leo
    await ending.type(how)
    if (how === 'unregister') {
      await ending.send(`${PASSWORD}\n`)
      await ending.until('no longer registered')
    }
    await settled()
    const result = { unregister: 'won (leo left)', claim: 'lost (left)', abort: 'no result' }[how]
    expect(kim.news()).toContain(`\nYour game at table 1, tictactoe against leo, is over: ${result}.\n`)
  },
)

test('a user who has not resumed is notified when its own seat is given up after the grace period', async () => {
  const { lobby, kim } = await back()
  await lobby.clock.pass(121_000)
  expect(kim.news()).toContain('Your game at table 1, tictactoe against leo, is over: lost (left).')
})

test('a user is notified at the next login of the games that ended while only a worksheet program was open under the name', async () => {
  const lobby = new TestLobby()
  const kim = await door(lobby, 'kim')
  const leo = await door(lobby, 'leo')
  await kim.type('play tictactoe')
  await leo.type('play tictactoe')
  await kim.drop()
  await lobby.clock.pass(1000)
  const house = lobby.service.createSeating({ address: '127.0.0.1', endOnDisconnect() {}, end() {} }, 'parlor/match')
  expect(await house.hall?.logIn('kim', { password: PASSWORD })).toBeUndefined()
  await leo.type('resign')
  const again = await door(lobby, 'kim')
  expect(again.screen).toContain('While you were away: tictactoe, against leo, won (leo resigned).')
})

test('another connection of the same account, which has come later, is notified of the end, and the connection at the table once', async () => {
  const lobby = new TestLobby()
  const kim = await door(lobby, 'kim')
  const leo = await door(lobby, 'leo')
  await kim.type('play tictactoe')
  await leo.type('play tictactoe')
  const other = await door(lobby, 'kim')
  kim.news()
  other.news()
  await leo.type('resign')
  await settled()
  expect(kim.news()).not.toContain('Your game at table')
  expect(other.news()).toBe(lines('', 'Your game at table 1, tictactoe against leo, is over: won (leo resigned).'))
})

test('a program that has not resumed receives `finished`, and then `recorded`', async () => {
  const lobby = new TestLobby()
  const [ada, bob, again] = [
    new MemoryNativeClient(lobby.service),
    new MemoryNativeClient(lobby.service),
    new MemoryNativeClient(lobby.service),
  ]
  await ada.say({ type: 'register', name: 'ada', password: PASSWORD })
  await bob.say({ type: 'register', name: 'bob', password: PASSWORD })
  for (const one of [ada, bob]) await one.say({ type: 'seek', game: 'tictactoe', rated: true })
  ada.drop('gone')
  await again.say({ type: 'enter', name: 'ada', password: PASSWORD })
  expect(await again.say({ type: 'play', table: 1, move: '5' })).toMatchObject({
    code: 'not-seated',
    message: 'the server holds your seat at table 1: resume it first',
  })
  expect(await again.say({ type: 'lobby' })).toMatchObject({ people: [{ name: 'bob' }, { name: 'ada', tables: [1] }] })
  await bob.say({ type: 'resign', table: 1 })
  await settled()
  expect(again.last('finished')).toMatchObject({
    table: 1,
    game: 'tictactoe',
    names: ['ada', 'bob'],
    seat: 0,
    outcome: { winners: [0] },
    rated: true,
  })
  expect(again.last('recorded').changes).toHaveLength(2)
  expect(bob.all('finished')).toEqual([])
  expect(bob.all('recorded')).toHaveLength(1)
})

const BACK = 'Your seat at table 1, tictactoe with leo, is held: "resume 1"'

test.each(['board', 'resign', 'draw', 'claim', 'abort', 'say hello', "'hello", 'move 5', 'rematch', 'leave'])(
  '%s of a user who has not resumed points to the seat',
  async (typed) => {
    const { kim } = await back()
    expect((await kim.type(typed)).replace(/\n {2}/g, ' ')).toBe(lines(`You are at no table. ${BACK}`))
  },
)

test('every other command about the game points a user who has not resumed to the seat', async () => {
  const { kim } = await back()
  expect(await kim.type('')).toBe(lines(BACK))
  expect(await kim.type('5')).toContain('"resume 1" resumes your seat')
  expect(await kim.type('go 1')).toBe(lines('Your seat at table 1 is held: "resume 1"'))
  expect((await kim.type('accept')).replace(/\n {2}/, ' ')).toBe(lines(`Nothing is offered to you here. ${BACK}`))
  expect((await kim.type('decline')).replace(/\n {2}/, ' ')).toBe(lines(`Nothing is offered to you here. ${BACK}`))
  expect(await kim.type('mine')).toContain('held: "resume 1"')
})

test('"who" and "tables" agree with other commands on a reserved seat', async () => {
  const { kim, leo } = await back()
  expect(await kim.type('who')).toMatch(new RegExp(`kim \\(you\\) +registered +at table 1\n${BACK}\n$`))
  expect(await kim.type('tables')).toMatch(new RegExp(`kim \\(away\\) against leo[^]*\n${BACK}\n$`))
  expect(await leo.type('who')).not.toContain('resume')
  await kim.type('resume')
  expect(await kim.type('who')).not.toContain('resume')
})

test('a seat that another connection of the user has is shown as such, and can be resumed here, too', async () => {
  const lobby = new TestLobby()
  const kim = await door(lobby, 'kim')
  const leo = await door(lobby, 'leo')
  await kim.type('play tictactoe')
  await leo.type('play tictactoe')
  const other = await door(lobby, 'kim')
  const TAKEN = 'You sit at table 1, tictactoe with leo, through another connection: "resume 1" shows it here, too'
  expect(other.screen.replace(/\n {2}/g, ' ')).toContain(TAKEN)
  expect((await other.type('board')).replace(/\n {2}/g, ' ')).toBe(lines(`You are at no table. ${TAKEN}`))
  expect(await other.type('resume 1')).toContain('you are back at tictactoe')
})

test('a user who watches the table of its own seat is pointed to the seat, and can resume it', async () => {
  const { kim } = await back()
  await kim.type('watch 1')
  expect((await kim.type('resign')).replace(/\n {2}/g, ' ')).toBe(lines(`You only watch here. ${BACK}`))
  expect(await kim.type('resume')).toContain('Table 1: you are back at tictactoe')
  expect(await kim.type('who')).toContain('kim (you)  registered  at table 1\n')
})
