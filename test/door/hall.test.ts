import { afterEach, describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/games/random.ts'
import { decode } from '../../src/wire/text.ts'
import { DoorUser, GREETING, lines } from '../support/door-user.ts'
import { settled } from '../support/test-clock.ts'
import { TestLobby } from '../support/test-lobby.ts'

let lobby = new TestLobby()

/** A user who has connected, under a name or without one yet. */
async function connectUser(name?: string): Promise<DoorUser> {
  const caller = new DoorUser((line) => lobby.service.createSeating(line, 'parlor/door'), lobby.clock)
  await settled()
  if (name !== undefined) await caller.type(name)
  caller.news()
  return caller
}

/** Two users who have connected, and play. */
async function two(game = 'tictactoe') {
  const ada = await connectUser('ada')
  const grace = await connectUser('grace')
  await ada.type(`play ${game}`)
  await grace.type(`play ${game}`)
  return { ada, grace }
}

afterEach(() => {
  expect(lobby.troubles).toEqual([])
  lobby = new TestLobby()
})

describe('a newcomer', () => {
  test('gets from the greeting to the end of a game with the displayed commands', async () => {
    lobby = new TestLobby({ random: seededRandom(3) })
    const ada = await connectUser()
    await ada.type('ada', 'play tictactoe')
    await lobby.clock.pass(10_000)
    ada.news()
    for (let moves = 0; moves < 5 && !/"rematch"/.test(ada.screen); moves++) {
      const free = ada.screen.split('\n').findLast((line) => /^ .* \| .* \| /.test(line) && /\d/.test(line))
      await ada.type(/\d/.exec(free ?? '')?.[0] ?? '')
    }
    expect(ada.screen).toContain('Table 1: you are O and begin; house is X.')
    expect(ada.screen).toMatch(
      /\n\n(You win!|house wins\.|The game is a draw\.)\n"rematch" plays it again, "play GAME" begins another game\.\n$/,
    )
    expect(await ada.type('rematch')).toContain('Table 2: you are X; house is O and begins.')
  })

  test('plays with the house immediately after "play tictactoe house"', async () => {
    const ada = await connectUser('ada')
    expect(await ada.type('play tictactoe house')).toMatch(/Table 1: you are O and begin; house is X\./)
  })
})

describe('a name', () => {
  test('is refused if it is invalid, without a hint about a lost connection', async () => {
    const ada = await connectUser()
    expect(await ada.type('a@b')).toBe(lines('A name has no @.', 'What is your name?'))
  })

  test('of an online user may be the user’s own, on a lost connection', async () => {
    await connectUser('ada')
    const other = await connectUser()
    expect(await other.type('Ada')).toBe(lines('Ada is taken; try Ada2. With its token, type "resume TOKEN".', 'What is your name?'))
  })
})

describe('two people', () => {
  test('play from the greeting to the end, and once more', async () => {
    const ada = await connectUser()
    const grace = await connectUser()
    await ada.type('ada', 'play tictactoe')
    await grace.type('grace', 'play tictactoe')
    ada.news()
    await ada.type('5')
    grace.news()
    await grace.type('1')
    ada.news()
    await ada.type('3')
    grace.news()
    await grace.type('7')
    ada.news()
    await ada.type('4')
    grace.news()
    await grace.type('say I see', '6')
    ada.news()
    await ada.type('2')
    grace.news()
    await grace.type('8')
    ada.news()
    await ada.type('9')
    grace.news()
    const board = (...rows: string[]) => rows.flatMap((row, at) => (at === 0 ? [row] : ['-----------', row]))
    const token = /resume (\w{26})/.exec(ada.screen)?.[1] ?? ''
    expect(ada.screen).toBe(
      lines(
        ...GREETING,
        'What is your name?',
        'ada',
        'Hello, ada. No other user is here.',
        'Type "play tictactoe" to begin, "games" for all games, "help" for all commands.',
        'play tictactoe',
        'You wait for an opponent; "cancel" cancels your seek.',
        'If no opponent is found soon, the house plays with you.',
        '',
        'Table 1: you are O and begin; grace is X.',
        `If the connection breaks, return with: resume ${token}`,
        '',
        ...board(' 1 | 2 | 3', ' 4 | 5 | 6', ' 7 | 8 | 9'),
        '',
        'Your move: the number of a free cell.',
        '5',
        '',
        ...board(' 1 | 2 | 3', ' 4 | O | 6', ' 7 | 8 | 9'),
        '',
        'grace is to move.',
        '',
        ...board(' X | 2 | 3', ' 4 | O | 6', ' 7 | 8 | 9'),
        '',
        'grace has moved: 1. Your move.',
        '3',
        '',
        ...board(' X | 2 | O', ' 4 | O | 6', ' 7 | 8 | 9'),
        '',
        'grace is to move.',
        '',
        ...board(' X | 2 | O', ' 4 | O | 6', ' X | 8 | 9'),
        '',
        'grace has moved: 7. Your move.',
        '4',
        '',
        ...board(' X | 2 | O', ' O | O | 6', ' X | 8 | 9'),
        '',
        'grace is to move.',
        '',
        'grace says: I see',
        '',
        ...board(' X | 2 | O', ' O | O | X', ' X | 8 | 9'),
        '',
        'grace has moved: 6. Your move.',
        '2',
        '',
        ...board(' X | O | O', ' O | O | X', ' X | 8 | 9'),
        '',
        'grace is to move.',
        '',
        ...board(' X | O | O', ' O | O | X', ' X | X | 9'),
        '',
        'grace has moved: 8. Your move.',
        '9',
        '',
        ...board(' X | O | O', ' O | O | X', ' X | X | O'),
        '',
        'The game is a draw.',
        '"rematch" plays it again, "play GAME" begins another game.',
      ),
    )
    expect(grace.screen.endsWith(ada.screen.slice(-110))).toBe(true)
    expect(await grace.type('rematch')).toBe(lines('', 'You have offered another game.'))
    expect(ada.news()).toBe(lines('', 'grace offers another game: "accept" or "decline".'))
    expect(await ada.type('accept')).toContain('Table 2: you are X; grace is O and begins.')
    expect(grace.news()).toContain('Table 2: you are O and begin; ada is X.')
    expect(await grace.type('5')).toContain('ada is to move.')
  })

  test('agree on a draw, or disagree', async () => {
    const { ada, grace } = await two()
    ada.news()
    expect(await ada.type('draw')).toBe(lines('', 'You have offered a draw.'))
    expect(await ada.type('draw')).toBe(lines('You have offered a draw already; wait for the answer.'))
    expect(grace.news()).toContain('ada offers a draw')
    expect(await grace.type('decline')).toBe(lines('', 'You have declined.'))
    expect(ada.news()).toBe(lines('', 'grace declines.'))
    await ada.type('draw')
    expect(await grace.type('accept')).toContain('You have agreed on a draw.')
    expect(ada.news()).toContain('You have agreed on a draw.')
    expect(await ada.type('decline')).toBe(lines('You have no challenge or offer to answer.'))
  })

  test('end a game by a resignation', async () => {
    const { ada, grace } = await two('scissors')
    expect(await ada.type('resign')).toContain('You have resigned: grace wins.')
    expect(grace.news()).toContain('ada has resigned, you win!')
    expect(await ada.type('leave')).toContain('You have left table 1.')
    expect(await grace.type('rematch')).toBe(lines('ada has left the table.'))
  })

  test('see that a hand that completed a round is not a move of the next round', async () => {
    const { ada, grace } = await two('scissors')
    const alan = await connectUser('alan')
    await alan.type('watch 1')
    await grace.type('paper')
    expect(ada.news()).toContain('grace has moved. Your move')
    const round = await ada.type('paper')
    expect(round).toContain('you Paper, grace Paper: a draw')
    expect(round + grace.news() + alan.news().split('a draw')[1]).not.toContain('has moved')
    await ada.type('stone')
    expect(grace.news()).toContain('ada has moved. Your move.')
  })

  test('see a running clock', async () => {
    const ada = await connectUser('ada')
    const grace = await connectUser('grace')
    await ada.type('play tictactoe minutes 1')
    expect(await grace.type('play tictactoe ada')).toContain('ada, with 1:00 left, is to move.')
    await lobby.clock.pass(15_000)
    ada.news()
    expect(await ada.type('')).toContain('You have 0:45 left.')
    await ada.type('5')
    await lobby.clock.pass(60_000)
    expect(ada.news()).toContain('The time of grace is over, you win!')
    expect(grace.news()).toContain('Your time is over: ada wins.')
  })

  test('play by an invitation code', async () => {
    const ada = await connectUser('ada')
    const grace = await connectUser('grace')
    const code = /join (\S+)/.exec(await ada.type('invite tictactoe size 2'))?.[1] ?? ''
    expect(await grace.type('seeks')).toContain('No player waits')
    expect(await grace.type('join amber amber amber')).toMatch(/^No open invitation has this code/)
    expect(await ada.type(`join ${code}`)).toContain('This is your own invitation')
    expect(await grace.type(`join ${code.replaceAll('-', ' ')}`)).toContain(' 1 | 2\n-------\n 3 | 4\n')
    expect(ada.news()).toContain('Your move')
    expect(await (await connectUser('alan')).type('tables')).toContain('No game is under way')
  })

  test('play, after one cancels a seek', async () => {
    const ada = await connectUser('ada')
    await ada.type('play tictactoe')
    expect(await ada.type('seeks', 'cancel', 'seeks')).toContain(
      lines('You no longer wait for an opponent.', 'No player waits for an opponent. Be the first: play tictactoe'),
    )
  })
})

describe('a challenged user', () => {
  const call = 'bob would like to play tictactoe with you: type "accept bob" or "refuse bob".'

  test('is notified apart from a half-typed line, which is not lost', async () => {
    const ada = await connectUser('ada')
    const bob = await connectUser('bob')
    await ada.send('play ')
    expect(await bob.type('play tictactoe ada')).toBe(lines('You wait for ada; "cancel" cancels your seek.'))
    expect(ada.news()).toBe(lines('', call))
    expect(await ada.type('tictactoe bob')).toContain('Table 1: you are X; bob is O and begins.')
    expect(bob.news()).toContain('Table 1: you are O and begin; ada is X.')
  })

  test('is notified below the board of the present game', async () => {
    const { ada, grace } = await two()
    const bob = await connectUser('bob')
    for (const one of [ada, grace]) one.news()
    await bob.type('play tictactoe ada')
    expect(ada.news()).toBe(lines('', call))
    expect(grace.news()).toBe('')
    expect(await ada.type('5')).toContain('grace is to move.')
    await ada.type('resign')
    expect(await ada.type('accept')).toContain('Table 2: ')
  })

  test('can accept during another open seek, and cancels that seek', async () => {
    const ada = await connectUser('ada')
    const bob = await connectUser('bob')
    await ada.type('play scissors')
    await bob.type('play tictactoe ada')
    expect(ada.news()).toBe(lines('', call))
    expect(await ada.type('accept bob')).toContain('Table 1: ')
    expect(await bob.type('seeks')).toContain('No player waits')
  })

  test('is not notified while typing a password, and of everything after it', async () => {
    const ada = await connectUser('ada')
    const bob = await connectUser('bob')
    await ada.type('register')
    await bob.type('play tictactoe ada')
    expect(ada.news()).toBe('')
    expect(await ada.type('engine-1843')).toBe(lines('', call, '', 'The same password once more?'))
    await bob.type('cancel')
    expect(ada.news()).toBe('')
    expect(await ada.type('')).toBe(lines('', 'bob no longer waits for you.', '', 'Nothing has changed.'))
  })

  test('sees it in the list, too, as all other users do', async () => {
    const ada = await connectUser('ada')
    const [bob, grace] = [await connectUser('bob'), await connectUser('grace')]
    await bob.type('play tictactoe ada')
    ada.news()
    expect(await ada.type('seeks')).toBe(lines('bob  type: play tictactoe bob'))
    expect(await grace.type('seeks')).toBe(lines('bob  tictactoe, for ada only'))
    expect(await grace.type('play tictactoe bob')).toContain('You wait for bob')
  })

  test('is notified again after a lost connection, when the seat is resumed', async () => {
    const { ada } = await two()
    const token = /resume (\w{26})/.exec(ada.news())?.[1] ?? ''
    const bob = await connectUser('bob')
    await bob.type('play tictactoe ada')
    await ada.drop()
    const again = await connectUser()
    expect(await again.type(`resume ${token}`)).toMatch(
      /^Hello again, ada\.\nbob would like to play tictactoe with you: type "accept bob" or "refuse bob"\.\n\nTable 1: you are back/,
    )
  })
})

describe('a watcher', () => {
  test('can send a burst of ten sentences, then one a second, and nothing that reverses text of others', async () => {
    const { ada } = await two()
    const bob = await connectUser('bob')
    await bob.type('watch 1')
    ada.news()
    for (let said = 1; said <= 10; said++) await bob.type(`say ${said}`)
    expect(await bob.type('say 11')).toBe(lines('You send messages too fast: wait a moment.'))
    expect(ada.news()).toMatch(/says: 10\n$/)
    await lobby.clock.pass(1000)
    await bob.type('say \u202eolleh')
    expect(ada.news()).toBe(lines('', 'bob (watching) says: \\u202eolleh'))
    expect(await bob.type('say 13')).toBe(lines('You send messages too fast: wait a moment.'))
  })

  test('sees the tables with players or watchers first, the newest before the others', async () => {
    const { ada, grace } = await two()
    await (await connectUser('bob')).type('play tictactoe house')
    await ada.drop()
    await grace.drop()
    await (await connectUser('alan')).type('play tictactoe house')
    const shown = (await (await connectUser('joan')).type('tables')).split('\n').map((row) => Number.parseInt(row, 10))
    expect(shown.filter((number) => number > 0)).toEqual([3, 2, 1])
  })
})

describe('a player who returns', () => {
  test('finds its own name while others wait at the table: no other user can take it without the token', async () => {
    const { ada } = await two()
    const token = /resume (\w{26})/.exec(ada.news())?.[1] ?? ''
    await ada.drop()
    const stranger = await connectUser()
    expect(await stranger.type('Ada')).toContain('Ada is taken; try Ada2. With its token, type "resume TOKEN".')
    const again = await connectUser()
    expect(await again.type(`resume ${token}`)).toContain('Hello again, ada.')
    expect(await again.type('resign')).toContain('You have resigned')
    await again.drop()
    expect(await stranger.type('Ada')).toContain('Hello, Ada.')
  })

  test('resumes by the token, from any connection', async () => {
    const { ada, grace } = await two()
    await ada.type('5')
    const token = /resume (\w{26})/.exec(ada.screen)?.[1] ?? ''
    await ada.drop()
    expect(grace.news()).toContain('ada has disconnected.')
    await grace.type('1')
    const again = await connectUser()
    expect(await again.type(`resume ${token.toLowerCase()}`)).toBe(
      lines(
        'Hello again, ada.',
        '',
        'Table 1: you are back at tictactoe, you (O) against grace (X).',
        '',
        'While you were away:',
        '  grace played 1.',
        '',
        ' X | 2 | 3',
        '-----------',
        ' 4 | O | 6',
        '-----------',
        ' 7 | 8 | 9',
        '',
        'Your move: the number of a free cell.',
      ),
    )
    expect(grace.news()).toContain('ada is back.')
    await again.type('2')
    expect(grace.news()).toContain('ada has moved: 2. Your move.')
  })

  test('sees the last missed events above the board, and the earlier events after "more"', async () => {
    const { ada, grace } = await two()
    const token = /resume (\w{26})/.exec(ada.news())?.[1] ?? ''
    await ada.drop()
    for (let line = 1; line <= 10; line++) await grace.type(`say line ${line}`)
    const again = await connectUser()
    const screen = await again.type(`resume ${token}`)
    expect(screen).toContain(lines('While you were away:', '  2 earlier events: type "more"', '  grace said: line 3'))
    expect(screen.indexOf('grace said: line 10')).toBeLessThan(screen.indexOf(' 1 | 2 | 3'))
    expect(screen).not.toMatch(/line 2$/m)
    expect(await again.type('more')).toBe(lines('grace said: line 1', 'grace said: line 2'))
    expect(await again.type('more')).toBe(lines('There is no more to show.'))
  })

  test('resumes by a registered name, with the password', async () => {
    const [ada, grace] = [await connectUser('ada'), await connectUser('grace')]
    await ada.type('register', 'engine-1843')
    await ada.send('engine-1843\n')
    await ada.until('ada is registered now')
    await ada.type('play tictactoe')
    await grace.type('play tictactoe')
    await ada.drop()
    const again = await connectUser()
    await again.type('ada')
    await again.send('engine-1843\n')
    expect(await again.until('is held')).toContain('Your seat at table 1, tictactoe with grace, is held')
    expect(await again.type('resume')).toContain('Your move')
  })

  test('does not resume by a guest’s name', async () => {
    const { ada } = await two()
    await ada.drop()
    const other = await connectUser()
    expect(await other.type('ada')).not.toContain('is held')
    expect(await other.type('resume 1')).not.toContain('Your move')
  })

  test('too late sees how the game has ended', async () => {
    const { ada, grace } = await two()
    const token = /resume (\w{26})/.exec(ada.news())?.[1] ?? ''
    await ada.drop()
    await lobby.clock.pass(120_000)
    expect(grace.news()).toContain('ada has left, you win!')
    expect(await (await connectUser()).type(`resume ${token}`)).toContain('You have left the game: grace wins.')
  })
})

describe('a watcher', () => {
  test('sees names and boards, talks, and follows to the rematch', async () => {
    const { ada, grace } = await two()
    const alan = await connectUser('alan')
    expect(await alan.type('tables')).toContain('  1  tictactoe  ada against grace')
    expect(await alan.type('watch 1')).toContain('Table 1: you watch tictactoe, ada (O) against grace (X).')
    ada.news()
    await ada.type('5')
    expect(alan.news()).toContain('ada has moved: 5. grace is to move.')
    await alan.type('say go on')
    expect(ada.news()).toBe(lines('', 'alan (watching) says: go on'))
    await grace.type('resign')
    await ada.type('rematch')
    await grace.type('accept')
    expect(alan.news()).toContain('They play again at table 2: type "watch 2".')
    expect(await alan.type('watch 2')).toContain('Table 2: you watch tictactoe, grace (O) against ada (X).')
    expect(await alan.type('leave')).toBe(lines('You have left table 2.'))
  })

  test('never sees the hand that a player has chosen', async () => {
    const { ada } = await two('scissors')
    const alan = await connectUser('alan')
    await alan.type('watch 1')
    await ada.type('stone')
    expect(alan.news()).toBe(lines('', 'ada has moved. grace is to move.'))
  })
})

describe('solo games', () => {
  test('play hangman to a win and to a loss', async () => {
    lobby = new TestLobby({ random: seededRandom(5) })
    const ada = await connectUser('ada')
    await ada.type('play hangman misses 1')
    await ada.type('\u00e6')
    expect(ada.screen).toMatch(/You lose: the word was \w+\.\n/)
    expect(await ada.type('rematch')).toContain('misses left: 1')
    await ada.type('resign', 'play hangman misses 26')
    for (const letter of 'etaoinshrdlcumwfgypbvkjxqz-') await ada.type(letter)
    expect(ada.screen).toMatch(/You win! The word is \w+\.\n/)
  })

  test('play a quiz', async () => {
    const ada = await connectUser('ada')
    await ada.send('play quiz count 2\n')
    expect(await ada.until('Your move')).toContain('Question 1 of 2')
    expect(await ada.type('F', 'A', 'B')).toMatch(/The end: \d of 2 right\./)
  })

  test('play guess to a win', async () => {
    const ada = await connectUser('ada')
    await ada.type('play guess tries 100')
    for (let [low, high] = [1, 100]; low < high; ) {
      const middle = Math.floor((low + high) / 2)
      const answer = await ada.type(String(middle))
      if (answer.includes('Right!')) break
      if (answer.includes('Too low')) low = middle + 1
      else high = middle
      if (low === high) await ada.type(String(low))
    }
    expect(ada.screen).toMatch(/Right! Tries left: \d+\.\n\nYou win!\n/)
  })

  test('play head or tail until a resignation', async () => {
    const ada = await connectUser('ada')
    await ada.type('play headtail')
    expect(await ada.type('h')).toMatch(/(Right|Wrong): \d of 1 so far\./)
    expect(await ada.type('leave')).toBe(lines('The game continues. "resign" ends it.'))
    expect(await ada.type('resign')).toContain('You have resigned the game.')
  })
})

describe('registered names', () => {
  test('are protected by their password, and play for the ladder', async () => {
    const ada = await connectUser('ada')
    await ada.type('register', 'engine-1843')
    await ada.send('engine-1843\n')
    await ada.until('ada is registered now')
    const stranger = await connectUser()
    await stranger.type('ada')
    await stranger.send('engine-1834\n')
    expect(await stranger.until('What is the password?')).toContain('The name or the password is wrong.')
    const grace = await connectUser('grace')
    expect(await grace.type('play tictactoe rated')).toContain('Rated games are for registered names: register first.')
    await grace.type('register', 'compiler-1952')
    await grace.send('compiler-1952\n')
    await grace.until('grace is registered now')
    await ada.type('play tictactoe rated')
    expect(await grace.type('play tictactoe rated ada')).toContain('you are X')
    await ada.type('resign')
    expect(await grace.type('rank tictactoe')).toMatch(
      /1 {2}grace {2}rating \d+ {2}1 game\n {2}2 {2}ada {4}rating \d+ {2}1 game\nYou are number 1 of 2\.\n/,
    )
    const said = [ada, grace, stranger].flatMap(({ writes }) => writes.map((write) => decode(write))).join('')
    expect(said).not.toMatch(/engine|compiler/)
  })
})

describe('programs', () => {
  test('"style json" continues in the native protocol, under the same name', async () => {
    const ada = await connectUser('ada')
    await ada.send('style json\n')
    expect(JSON.parse(await ada.until('\n'))).toMatchObject({ type: 'hello', name: 'ada' })
    expect(JSON.parse(await ada.type('{"type":"ping","id":1}'))).toEqual({ type: 'pong', id: 1 })
    const grace = await connectUser('grace')
    await ada.type('{"type":"seek","game":"tictactoe"}')
    expect(await grace.type('play tictactoe')).toContain('ada is O and begins')
    expect(ada.news()).toContain('"type":"seated"')
    await ada.type('{"type":"quit"}')
    expect(await ada.close()).toBeUndefined()
  })

  test('send it immediately, before any name', async () => {
    const program = await connectUser()
    await program.send('style json\n')
    expect(JSON.parse(await program.until('\n'))).toMatchObject({ type: 'hello' })
  })
})
