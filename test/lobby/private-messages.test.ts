import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { connectDoorUsers, type DoorUser, lines } from '../support/door-user.ts'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { TestLobby } from '../support/test-lobby.ts'

describe('a message to a user', () => {
  test.each([
    ['tell bob hello  there', 'hello  there'],
    ['tell Bob hello', 'hello'],
    ['msg bob \u001b[2J', '\\x1b[2J'],
  ])('is received by that user alone: %j', async (typed, read) => {
    const [ada, bob, carl] = (await connectDoorUsers(new TestLobby(), 'ada', 'bob', 'carl')) as [DoorUser, DoorUser, DoorUser]
    expect(await ada.type(typed)).toMatch(/^bob has received your message\.\n$/i)
    expect(bob.news()).toBe(lines('', `ada tells you: ${read}`))
    expect(carl.news()).toBe('')
  })

  test('is refused if it is not UTF-8, at a table, too, and in the native protocol', async () => {
    const lobby = new TestLobby()
    const [ada, bob] = (await connectDoorUsers(lobby, 'ada', 'bob')) as [DoorUser, DoorUser]
    const broken = lines('The text is not UTF-8, and was not sent: set your terminal or program to UTF-8.')
    await ada.type('play tictactoe')
    await bob.type('play tictactoe')
    ada.news()
    for (const typed of ['tell bob h\xe9llo\n', 'say h\xe9llo\n', "'\xe9\n"]) {
      await ada.send(Uint8Array.from(typed, (char) => char.charCodeAt(0)))
      expect(ada.news()).toBe(broken)
    }
    expect(bob.news()).not.toContain('llo')
    const program = new MemoryNativeClient(lobby.service)
    await program.say({ type: 'enter', name: 'carl' })
    expect(await program.say({ type: 'tell', name: 'bob', text: 'h\ufffdllo' })).toMatchObject({ type: 'error', code: 'not-now' })
    expect(bob.news()).toBe('')
  })

  test('cannot forge a line, and talk at a table cannot either: continuation lines are indented', async () => {
    const lobby = new TestLobby()
    const [ada, bob, carl] = (await connectDoorUsers(lobby, 'ada', 'bob', 'carl')) as [DoorUser, DoorUser, DoorUser]
    await ada.type('play tictactoe')
    await bob.type('play tictactoe')
    await carl.type('watch 1')
    for (const one of [ada, bob, carl]) one.news()
    const word = fc.oneof(
      fc.constantFrom('The', 'server', 'grace', 'tells you:', '漢字', '👩‍👩‍👧', 'का'),
      fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\ufffd')),
    )
    const blanks = fc.integer({ min: 1, max: 90 }).map((count) => ' '.repeat(count))
    const texts = fc.array(fc.tuple(word, blanks), { maxLength: 8 }).map((parts) => `x${parts.flat().join('')}x`)
    const commands = fc.constantFrom(['tell bob', 'ada tells you: '], ['say', 'ada says: '])
    await fc.assert(
      fc.asyncProperty(commands, texts, async ([command = '', beginning = ''], text) => {
        await lobby.clock.pass(1000)
        await ada.type(`${command} ${text}`)
        const readers = command === 'say' ? [bob, carl] : [bob]
        for (const reader of readers) {
          const shown = reader
            .news()
            .split('\n')
            .filter((line) => line !== '' && !line.startsWith('  '))
          expect(shown).toEqual([expect.stringMatching(`^${beginning}`)])
        }
      }),
    )
  })

  test('reaches users whose names have blanks', async () => {
    const [ada, student] = (await connectDoorUsers(new TestLobby(), 'ada', 'student 7')) as [DoorUser, DoorUser]
    await ada.type('tell student 7 7 is a nice number')
    expect(student.news()).toContain('ada tells you: 7 is a nice number')
    await ada.type('tell student_7 hello')
    expect(student.news()).toContain('ada tells you: hello')
  })

  test('is refused to a user who is offline, or only in a worksheet program, and to the sender', async () => {
    const lobby = new TestLobby()
    const [ada] = (await connectDoorUsers(lobby, 'ada')) as [DoorUser]
    expect(await ada.type('tell bob hello')).toBe(lines('There is no user "bob" here. "who" lists the users.'))
    await (await lobby.client('fh/tictactoe')).say('bob\n')
    expect(await ada.type('tell bob hello')).toContain('bob is here only through a worksheet program')
    expect(await ada.type('tell ada hello')).toContain('That is your own name')
    expect(await ada.type('tell')).toContain('Type a name and a text')
    expect(await ada.type('tell bob')).toContain('Type a name and a text')
  })

  test('is limited like talk at tables', async () => {
    const [ada, bob] = (await connectDoorUsers(new TestLobby(), 'ada', 'bob')) as [DoorUser, DoorUser]
    for (let said = 0; said < 10; said++) await ada.type('tell bob hello')
    expect(await ada.type('tell bob hello')).toBe(lines('You send messages too fast: wait a moment.'))
    expect(bob.news().match(/hello/g)).toHaveLength(10)
  })

  test('waits while the user types a password', async () => {
    const [ada, bob] = (await connectDoorUsers(new TestLobby(), 'ada', 'bob')) as [DoorUser, DoorUser]
    await bob.type('register')
    await ada.type('tell bob hello')
    expect(bob.news()).toBe('')
    expect(await bob.type('')).toContain('ada tells you: hello')
  })

  test('arrives as `told` in the native protocol', async () => {
    const lobby = new TestLobby()
    const [ada, bob] = [new MemoryNativeClient(lobby.service), new MemoryNativeClient(lobby.service)]
    await ada.say({ type: 'enter', name: 'ada' })
    await bob.say({ type: 'enter', name: 'bob' })
    expect(await ada.say({ type: 'tell', name: 'bob', text: 'hello' })).toMatchObject({ type: 'ok' })
    expect(bob.last('told')).toEqual({ type: 'told', name: 'ada', text: 'hello' })
    expect(await ada.say({ type: 'tell', name: 'bob', text: ' ' })).toMatchObject({ code: 'not-now' })
    expect(await ada.say({ type: 'tell', name: 'carl', text: 'hello' })).toMatchObject({ code: 'no-such-person' })
  })
})

describe('a muted user', () => {
  test('is silenced in messages and at tables, watching or not, and cannot send a challenge', async () => {
    const [ada, bob, eve] = (await connectDoorUsers(new TestLobby(), 'ada', 'bob', 'eve')) as [DoorUser, DoorUser, DoorUser]
    await ada.type('play tictactoe')
    await bob.type('play tictactoe')
    await eve.type('watch 1')
    for (const one of [ada, bob, eve]) one.news()
    expect(await ada.type('mute Eve', 'mute BOB')).toContain('You have muted eve until you disconnect or type "unmute eve".')
    await eve.type('say noise')
    await bob.type('say more noise')
    eve.news()
    expect(await eve.type('tell ada noise')).toBe(lines('That user has muted you.'))
    expect(await eve.type('play scissors ada')).toBe(lines('That user has muted you.'))
    expect(ada.news()).toBe('')
    expect(await ada.type('mute')).toBe(lines('Muted: eve and bob.'))
    await ada.type('unmute eve')
    await eve.type('tell ada hello')
    expect(ada.news()).toContain('eve tells you: hello')
    expect(await ada.type('unmute eve')).toBe(lines('You have not muted "eve".'))
  })

  test('stays muted under later names of its connection, until one of its names is unmuted', async () => {
    const lobby = new TestLobby()
    const [ada] = (await connectDoorUsers(lobby, 'ada')) as [DoorUser]
    const [eve, other] = [new MemoryNativeClient(lobby.service), new MemoryNativeClient(lobby.service)]
    await eve.say({ type: 'enter', name: 'eve' })
    await ada.type('mute eve')
    expect(await eve.say({ type: 'enter', name: 'eva' })).toMatchObject({ type: 'entered', name: 'eva' })
    expect(await eve.say({ type: 'tell', name: 'ada', text: 'noise' })).toMatchObject({ code: 'muted' })
    expect(await eve.say({ type: 'seek', game: 'tictactoe', against: 'ada' })).toMatchObject({ code: 'muted' })
    await eve.say({ type: 'register', name: 'evita', password: 'engine-1843' })
    expect(await eve.say({ type: 'tell', name: 'ada', text: 'noise' })).toMatchObject({ code: 'muted' })
    await eve.say({ type: 'unregister', password: 'engine-1843' })
    await eve.say({ type: 'enter', name: 'evelyn' })
    expect(await eve.say({ type: 'tell', name: 'ada', text: 'noise' })).toMatchObject({ code: 'muted' })
    // a former name of the muted user belongs to another user
    await other.say({ type: 'enter', name: 'eva' })
    await other.say({ type: 'tell', name: 'ada', text: 'hello' })
    expect(ada.news()).toContain('eva tells you: hello')
    expect(await ada.type('mute')).toBe(lines('Muted: eve.'))
    expect(await ada.type('unmute evelyn')).toBe(lines('You no longer mute eve.'))
    await eve.say({ type: 'tell', name: 'ada', text: 'sorry' })
    expect(ada.news()).toContain('evelyn tells you: sorry')
    expect(await ada.type('unmute evelyn')).toBe(lines('You have not muted "evelyn".'))
    // the muting of a new guest named eve does not affect evelyn
    const next = new MemoryNativeClient(lobby.service)
    await next.say({ type: 'enter', name: 'eve' })
    await ada.type('mute eve')
    await eve.say({ type: 'tell', name: 'ada', text: 'still here' })
    expect(ada.news()).toContain('evelyn tells you: still here')
  })

  test('cannot be the muting user', async () => {
    const [ada] = (await connectDoorUsers(new TestLobby(), 'ada')) as [DoorUser]
    expect(await ada.type('mute Ada')).toBe(lines('That is your own name: name another user.'))
    expect(await ada.type('mute')).toContain('You have muted no user.')
  })

  test('can be one of a hundred', async () => {
    const others = Array.from({ length: 101 }, (_, at) => `user ${at} b`)
    const [ada] = (await connectDoorUsers(new TestLobby(), 'ada', ...others)) as [DoorUser]
    for (const other of others.slice(1)) expect(await ada.type(`mute ${other}`)).toContain('You have muted')
    expect(await ada.type('mute user 0 b')).toContain('You have muted 100 names, the maximum')
  })

  test('must be online or registered, so that a misspelled name is refused, at the front door and in the native protocol', async () => {
    const lobby = new TestLobby()
    const [ada, bob] = (await connectDoorUsers(lobby, 'ada', 'Bob')) as [DoorUser, DoorUser]
    expect(await ada.type('mute nosuch')).toBe(lines('There is no user "nosuch" here. "who" lists the users.'))
    expect(await ada.type('mute nobody')).toBe(lines('There is no user "nobody" here. "who" lists the users.'))
    expect(await ada.type('mute')).toContain('You have muted no user.')
    await bob.type('register', 'engine-1843')
    await bob.send('engine-1843\n')
    await bob.until('registered now')
    await bob.type('quit')
    expect(await ada.type('mute bob')).toBe(lines('You have muted Bob until you disconnect or type "unmute Bob".'))
    expect(await ada.type('unmute BOB')).toBe(lines('You no longer mute Bob.'))
    const carl = new MemoryNativeClient(lobby.service)
    await carl.say({ type: 'enter', name: 'carl' })
    expect(await carl.say({ type: 'mute', name: 'nosuch' })).toMatchObject({ type: 'error', code: 'no-such-person' })
  })
})

describe('the watchers of a table', () => {
  test('are listed by name, each once', async () => {
    const lobby = new TestLobby()
    const [ada, bob, carl, dora] = (await connectDoorUsers(lobby, 'ada', 'bob', 'carl', 'dora')) as [DoorUser, DoorUser, DoorUser, DoorUser]
    await ada.type('play tictactoe')
    await bob.type('play tictactoe')
    expect(await ada.type('watchers')).toContain('No user watches table 1.')
    await carl.type('watch 1')
    await dora.type('watch 1')
    ada.news()
    expect(await ada.type('watchers')).toBe(lines('Table 1 is watched by carl and dora.'))
    expect(await dora.type('watchers 1')).toBe(lines('Table 1 is watched by carl and dora.'))
    expect(await dora.type('watchers 9')).toBe(lines('There is no table 9 to watch: "tables" lists them.'))
    const program = new MemoryNativeClient(lobby.service)
    await program.say({ type: 'enter', name: 'emil' })
    expect(await program.say({ type: 'watchers', table: 1, limit: 1 })).toMatchObject({ names: ['carl'], total: 2 })
    expect(await program.say({ type: 'watchers', table: 9 })).toMatchObject({ code: 'no-such-table' })
  })

  test('of a private table are shown to its participants alone', async () => {
    const lobby = new TestLobby()
    const [ada, bob, eve] = (await connectDoorUsers(lobby, 'ada', 'bob', 'eve')) as [DoorUser, DoorUser, DoorUser]
    const code = /join (\S+)/.exec(await ada.type('invite tictactoe'))?.[1] ?? ''
    await bob.type(`join ${code}`)
    expect(await eve.type('watchers 1')).toBe(lines('There is no table 1 to watch: "tables" lists them.'))
    expect(await bob.type('watchers')).toContain('No user watches table 1.')
  })
})
