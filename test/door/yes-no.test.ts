import { describe, expect, test } from 'vitest'
import { connectDoorUsers, type DoorUser, lines } from '../support/door-user.ts'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { TestLobby } from '../support/test-lobby.ts'

const SOUGHT = 'play tictactoe bob'

async function pair(lobby = new TestLobby()): Promise<[DoorUser, DoorUser]> {
  return (await connectDoorUsers(lobby, 'ada', 'bob')) as [DoorUser, DoorUser]
}

describe('"yes" and "no" answer', () => {
  test.each(['yes', 'Yes!', 'y', 'ok', 'sure', 'yes please', 'yes ada', 'yes, thanks'])('a challenge: %s', async (typed) => {
    const [ada, bob] = await pair()
    await ada.type(SOUGHT)
    expect(await bob.type(typed)).toContain('Table 1: you are X; ada is O and begins.')
    expect(ada.news()).toContain('Table 1')
  })

  test.each(['no', 'No.', 'n', 'nope', 'no thanks', 'no ada'])('a challenge: %s', async (typed) => {
    const [ada, bob] = await pair()
    await ada.type(SOUGHT)
    bob.news()
    expect(await bob.type(typed)).toBe(lines('You have refused ada’s game of tictactoe.'))
    expect(ada.news()).toContain('bob refuses your game of tictactoe. You no longer wait for an opponent.')
  })

  test('answer a draw and a rematch', async () => {
    const [ada, bob] = await pair()
    await ada.type(SOUGHT)
    await bob.type('yes')
    await ada.type('draw')
    bob.news()
    expect(await bob.type('no')).toBe(lines('', 'You have declined.'))
    await ada.type('draw')
    expect(await bob.type('yes')).toContain('You have agreed on a draw.')
    await ada.type('rematch')
    bob.news()
    expect(await bob.type('nope')).toBe(lines('', 'You have declined.'))
    await ada.type('rematch')
    expect(await bob.type('okay')).toContain('Table 2: you are O and begin; ada is X.')
  })

  test('answer nothing without an offer, and are not moves or games', async () => {
    const [ada, bob] = await pair()
    for (const typed of ['no', 'yes', 'no thanks', 'ok']) {
      expect(await ada.type(typed)).toBe(lines('You have no offer now; "help" lists all commands.'))
    }
    await ada.type(SOUGHT)
    await bob.type('accept')
    for (const one of [ada, bob]) {
      one.news()
      expect(await one.type('no')).toBe(lines('You have no offer now; to say it here, begin with "say".'))
    }
    await ada.type('draw')
    bob.news()
    // talk that begins with an answer is not an answer
    expect(await bob.type('no way')).toContain('begin with "say"')
    expect(ada.news()).not.toContain('declines')
  })

  test('are not letters of a game', async () => {
    const [ada, bob] = await pair()
    await ada.type('play hangman')
    await bob.type('play tictactoe ada')
    ada.news()
    expect(await ada.type('n', 'y')).not.toMatch(/refused|Table 2/)
    expect(bob.news()).not.toContain('refuses')
    expect(await ada.type('no')).toContain('You have refused bob’s game of tictactoe.')
  })
})

test('a greeting is talk, and not the beginning of a command', async () => {
  const [ada, bob] = await pair()
  expect(await ada.type('hi')).toBe(lines('"hi" is not a command; "help" lists all commands.'))
  await ada.type(SOUGHT)
  await bob.type('accept')
  ada.news()
  expect(await ada.type('hi')).toBe(lines('"hi" is not a command; to say it here, begin with "say".'))
  expect(await ada.type('Hello, bob')).toBe(lines('"hello" is not a command; to say it here, begin with "say".'))
})

test.each(['with', 'vs', 'versus', 'against'])('accepts the name of the opponent behind "%s"', async (word) => {
  const [ada, bob] = await pair()
  expect(await ada.type(`play tictactoe ${word} bob size 4`)).toBe(lines('You wait for bob; "cancel" cancels your seek.'))
  expect(bob.news()).toContain('ada would like to play tictactoe with you (size 4)')
  expect(await ada.type(`play tictactoe ${word}`)).toBe(lines(`"${word}" needs a name after it, such as "${word} ada".`))
})

describe('talk that no client shows', () => {
  test('gets an answer with the reason alone at a table, against the house, and against a worksheet program', async () => {
    const lobby = new TestLobby()
    const [ada, bob] = await pair(lobby)
    await ada.type('play guess')
    expect(await ada.type('say hello')).toContain('Sent, but you are alone at this table.')
    await ada.type('resign', 'play tictactoe house')
    expect(await ada.type("'hello")).toContain('Sent, but no other user here sees it')
    await (await lobby.client('fh/tictactoe')).say('tim\n')
    expect(await bob.type('play tictactoe')).toContain('tim')
    expect(await bob.type('say hello tim')).toContain('Sent, but no other user here sees it')
    await ada.type('resign', 'watch 3')
    expect(await bob.type('say hello ada')).toContain('Said.')
    expect(ada.news()).toContain('bob says: hello ada')
  })
})

describe('a draw that no client shows', () => {
  const UNSEEN = 'No opponent sees the offer now'

  test('gets an answer with the reason against a worksheet program and an absent opponent, and not against others', async () => {
    const lobby = new TestLobby()
    const [ada, bob] = await pair(lobby)
    await (await lobby.client('fh/tictactoe')).say('tim\n')
    expect(await bob.type('play tictactoe')).toContain('tim')
    expect(await bob.type('draw')).toContain(UNSEEN)
    await bob.type('resign', 'play tictactoe')
    await ada.type('play tictactoe bob', 'play tictactoe')
    expect(await ada.type('draw')).not.toContain(UNSEEN)
    await bob.type('decline')
    await bob.drop()
    expect(await ada.type('draw')).toContain(UNSEEN)
  })

  test('is answered by the house', async () => {
    const [ada] = await pair()
    await ada.type('play tictactoe house')
    expect(await ada.type('draw')).not.toContain(UNSEEN)
  })
})

describe('an invitation that ends', () => {
  test.each([
    ['play guess', 'Your invitation to tictactoe, size 4 is canceled: its code is invalid.'],
    ['play scissors', 'Your invitation to tictactoe, size 4 is canceled: its code is invalid.'],
    ['accept', 'Your invitation to tictactoe, size 4 is canceled: its code is invalid.'],
    ['quit', 'Your invitation is canceled: its code is invalid.'],
  ])('with "%s" gives its owner the notice that the code is void', async (typed, sentence) => {
    const [ada, bob] = await pair()
    await bob.type('play scissors ada')
    const code = /join (\S+)/.exec(await ada.type('invite tictactoe size 4'))?.[1] ?? ''
    expect(await ada.type(typed)).toContain(sentence)
    expect(await bob.type(`join ${code}`)).toContain('No open invitation has this code')
  })

  test('because it was accepted gives its owner no such notice', async () => {
    const [ada, bob] = await pair()
    const code = /join (\S+)/.exec(await ada.type('invite tictactoe'))?.[1] ?? ''
    await bob.type(`join ${code}`)
    expect(ada.news()).not.toContain('void')
    expect(await ada.type('quit')).not.toContain('void')
  })
})

describe('a rated game that waits', () => {
  test('advises a guest to register first', async () => {
    const [ada, bob] = await pair()
    await ada.type('register', 'engine-1843')
    await ada.send('engine-1843\n')
    await ada.until('is registered now')
    await ada.type('play tictactoe rated')
    expect(await bob.type('seeks')).toContain('ada  type: play tictactoe rated ada (first "register")')
    expect((await bob.type('play tictactoe')).replaceAll('\n', ' ')).toContain(
      'type "play tictactoe rated ada". That needs a registered name: first "register".',
    )
  })
})

describe('a password behind a name at "register"', () => {
  test('is not part of the name', async () => {
    const lobby = new TestLobby()
    const [ada] = await pair(lobby)
    for (const typed of ['register ivy secret123', 'register ada secret123']) {
      expect(await ada.type(typed)).toContain('Type only the name ("register ada"): the server then asks for the password.')
    }
    expect(await ada.type('who')).not.toContain('secret')
  })

  test('is not shown as a suggested name, and does not log in', async () => {
    const [ada, bob] = await pair()
    expect(await bob.type('login ivy secret123')).toBe(lines('No such name is registered. "login" takes only a name.'))
    await ada.type('register', 'engine-1843')
    await ada.send('engine-1843\n')
    await ada.until('is registered now')
    await ada.drop()
    const asked = await bob.type('login ada engine-1843')
    expect(asked).toContain('Type only the name after "login": the server asks for the password now.')
    expect(asked).toContain('ada is registered. What is the password?')
    await bob.send('engine-1843\n')
    expect(await bob.until('Hello, ada')).toContain('Hello, ada')
  })

  test('a name with a blank can be registered', async () => {
    const [student] = (await connectDoorUsers(new TestLobby(), 'student 7')) as [DoorUser]
    expect(await student.type('register')).toContain('A password for student 7')
    await student.type('')
    expect(await student.type('register student 7')).toContain('A password for student 7')
  })
})

describe('the tables of a guest', () => {
  const TOKEN = /resume (\w{26})/

  test('are those whose seats this guest has, and not those of earlier guests of the name', async () => {
    const lobby = new TestLobby()
    const [ada, bob] = await pair(lobby)
    const token = TOKEN.exec(await ada.type('play guess'))?.[1] ?? ''
    expect(await bob.type('who')).toMatch(/^ada +guest +at table 1$/m)
    await ada.type('quit')
    const [again] = (await connectDoorUsers(lobby, 'ada')) as [DoorUser]
    const program = new MemoryNativeClient(lobby.service)
    expect(await program.say({ type: 'enter', name: 'carl' })).toMatchObject({ tables: [] })
    expect(await program.say({ type: 'lobby' })).toMatchObject({
      people: expect.arrayContaining([expect.objectContaining({ name: 'ada', tables: [] })]),
    })
    expect(await again.type('who')).toMatch(/^ada \(you\) +guest$/m)
    expect(await again.type('mine')).toContain('You play no game now')
    expect(await bob.type('tables')).toContain('ada (away)')
    await again.type(`resume ${token}`)
    expect(await again.type('who')).toMatch(/^ada \(you\) +guest +at table 1$/m)
    expect(await again.type('mine')).toContain('* 1  guess')
  })

  test('are none after a restart, until it sends the token; a registered user has its own', async () => {
    const before = new TestLobby()
    const [ada, bob] = await pair(before)
    const token = TOKEN.exec(await ada.type('play guess'))?.[1] ?? ''
    await bob.type('register', 'engine-1843')
    await bob.send('engine-1843\n')
    await bob.until('is registered now')
    await bob.type('play hangman')
    before.service.closeHall(new Error('the process ends'))
    const lobby = new TestLobby({ store: before.store })
    await lobby.service.open()
    const [rex, carl] = (await connectDoorUsers(lobby, 'ada', 'carl')) as [DoorUser, DoorUser]
    expect(await carl.type('who')).toMatch(/^ada +guest$/m)
    expect(await rex.type('mine')).toContain('You play no game now')
    await rex.type(`resume ${token}`)
    expect(await carl.type('who')).toMatch(/^ada +guest +at table 1$/m)
    await rex.type('quit')
    const [owner] = (await connectDoorUsers(lobby, 'carla')) as [DoorUser]
    await owner.type('login bob')
    await owner.send('engine-1843\n')
    await owner.until('Hello, bob')
    expect(await owner.type('who')).toMatch(/^bob \(you\) +registered +at table 2$/m)
    expect(await owner.type('mine')).toContain('resume 2')
  })

  test('include those of a worksheet program while it is connected', async () => {
    const lobby = new TestLobby()
    const [ada] = (await connectDoorUsers(lobby, 'ada')) as [DoorUser]
    await (await lobby.client('fh/tictactoe')).say('tim\n')
    await ada.type('play tictactoe')
    expect(await ada.type('who')).toMatch(/^tim +guest +at table 1$/m)
  })
})
