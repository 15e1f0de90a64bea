import { describe, expect, test } from 'vitest'
import { commands } from '../../src/door/commands/index.ts'
import { type AnyGame, shippedGames } from '../../src/games/index.ts'
import type { TableSnapshot } from '../../src/hall/api.ts'
import { checkPersonName } from '../../src/hall/names/names.ts'
import { lines } from '../support/door-user.ts'
import { FakeLobby } from '../support/fake-lobby.ts'

const rules = (name: string): AnyGame => {
  const entry = shippedGames.find(name)
  if (!entry) throw new Error(`no game ${name}`)
  return entry.game
}

/** A table of tic-tac-toe that has just begun, as ada sees it in seat 0, or as grace sees it watching. */
function table(more: Partial<TableSnapshot> = {}): TableSnapshot {
  const view = { cells: '---------', size: 3, turn: 0 }
  return {
    table: 12,
    game: rules('tictactoe'),
    seat: 0,
    names: ['ada', 'grace'],
    settings: {},
    rated: false,
    now: { n: 1, sight: { view, turn: true, toMove: [0] } },
    ...more,
  }
}

const BYE = ['Bye. If your terminal does not return, press Ctrl-C.']

const OVER = { view: { cells: 'OOOXX----', size: 3, turn: 1, winner: 0 }, turn: false, toMove: [], outcome: { winners: [0] } }

/** Ada in the lobby. */
async function inside() {
  const lobby = new FakeLobby()
  const caller = await lobby.caller('ada')
  return { lobby, caller }
}

/** Ada at a table. */
async function seated(snapshot: TableSnapshot = table()) {
  const { lobby, caller } = await inside()
  await lobby.seat(snapshot)
  caller.news()
  return { lobby, caller }
}

/** Ada as a watcher. */
async function watching() {
  const { lobby, caller } = await inside()
  const { seat: _, ...snapshot } = table({ names: ['grace', 'alan'] })
  lobby.answers('watch', snapshot)
  await caller.type('watch 12')
  lobby.calls.length = 0
  return { lobby, caller }
}

describe('help', () => {
  test('lists every command, on one screen', async () => {
    const { caller } = await inside()
    const page = await caller.type('help')
    expect(page).toBe(
      lines(
        'to play     games, play GAME, invite GAME, join CODE, seeks, cancel',
        'at a table  move MOVE, board, say TEXT, draw, accept, decline, refuse, claim,',
        '            abort, wait, resign, rematch, leave, mine, go N',
        'to talk     tell NAME TEXT, mute, unmute NAME, watchers',
        'to watch    tables, watch N, who, rank, history, recent, replay N',
        'to log in   login NAME, name NAME, register, unregister, password, resume',
        'other       more, rules, help, telnet, style json, quit',
        '',
        'More about a command, or a game: help play, help tictactoe',
        'Two letters are enough if no other command begins with them: pl, hist.',
      ),
    )
    for (const { name } of commands) expect(page).toContain(name)
  })

  test.each(commands.map(({ name }) => name))('explains %s', async (name) => {
    const { caller } = await inside()
    const page = await caller.type(`help ${name}`)
    expect(page).toMatch(new RegExp(`^${name}.*\n  \\w`))
    for (const line of page.trimEnd().split('\n').slice(1)) expect(line).toMatch(/^ {2}/)
    expect(page.split('\n').length).toBeLessThan(24)
  })

  test('shows first whose turn it is at a table', async () => {
    const { caller } = await seated()
    expect(await caller.type('help')).toMatch(/^Your move: the number of a free cell\.\n\nto play/)
  })

  test.each(shippedGames.entries.map((entry) => [entry.name, entry] as const))(
    'explains how to play %s',
    async (name, { title, moves, settings }) => {
      const { caller } = await inside()
      const page = await caller.type(`help ${name}`)
      expect(page.startsWith(lines(name, `  ${title}`, `  a move: ${moves}`))).toBe(true)
      for (const setting of Object.keys(settings)) expect(page).toContain(`\n  ${setting} N: `)
      expect(page).toMatch(new RegExp(`\n  to begin, type: play ${name}\n$`))
    },
  )

  test('refuses a word that is neither a command nor a game', async () => {
    const { caller } = await inside()
    expect(await caller.type('help chess')).toBe(lines('There is no command "chess": "help" lists all.'))
  })

  test('lists the commands that begin with a word, as the word alone does', async () => {
    const { caller } = await inside()
    const several = lines('"res" could be "resign" or "resume": type more letters.')
    expect(await caller.type('res')).toBe(several)
    expect(await caller.type('help res')).toBe(several)
  })
})

describe('games', () => {
  test('lists all games with their settings, on one screen', async () => {
    const { caller } = await inside()
    const page = await caller.type('games')
    for (const { name, title, settings } of shippedGames.entries) {
      expect(page).toContain(name)
      expect(page).toContain(title)
      for (const setting of Object.keys(settings)) expect(page).toContain(`${setting} N:`)
    }
    expect(page.split('\n').length).toBeLessThan(24)
  })
})

describe('history', () => {
  test.each([
    ['history', undefined],
    ['history 1', undefined],
    ['history bob2', 'bob2'],
    ['history bob2 1', 'bob2'],
    ['history bob', 'bob'],
  ])('reads a number behind a blank as a page, and not the end of a name: %s', async (typed, name) => {
    const { caller, lobby } = await inside()
    await caller.type(typed)
    expect(lobby.calls).toContainEqual(['history', ...(name === undefined ? [] : [name]), expect.objectContaining({ from: 0 })])
  })

  test.each(['history -1', 'history bob 0'])('refuses %s as a page', async (typed) => {
    const { caller, lobby } = await inside()
    expect(await caller.type(typed)).toMatch(/^Type "history(?: bob)?" alone, or with the number of a page, /)
    expect(lobby.calls).toEqual([])
  })
})

describe('play', () => {
  const HOUSE = 'If no opponent is found soon, the house plays with you.'

  test.each([
    ['play tictactoe', { game: 'tictactoe', settings: {} }, ['You wait for an opponent; "cancel" cancels your seek.', HOUSE]],
    [
      'PLAY TicTacToe SIZE 4',
      { game: 'tictactoe', settings: { size: 4 } },
      ['You wait for an opponent; "cancel" cancels your seek.', HOUSE],
    ],
    ['play hands', { game: 'scissors', settings: {} }, ['You wait for an opponent; "cancel" cancels your seek.', HOUSE]],
    ['play tictactoe grace', { game: 'tictactoe', settings: {}, against: 'grace' }, ['You wait for grace; "cancel" cancels your seek.']],
    [
      'play tictactoe rated against ada lovelace size 4',
      { game: 'tictactoe', settings: { size: 4 }, against: 'ada lovelace', rated: true },
      ['You wait for ada lovelace; "cancel" cancels your seek.'],
    ],
    ['play tictactoe rated', { game: 'tictactoe', settings: {}, rated: true }, ['You wait for an opponent; "cancel" cancels your seek.']],
    [
      'play scissors minutes 5 seconds 30',
      { game: 'scissors', settings: {}, clock: { total: 300_000, turn: 30_000 } },
      ['You wait for an opponent; "cancel" cancels your seek.', HOUSE],
    ],
  ])('%s', async (typed, seek, answer) => {
    const { caller, lobby } = await inside()
    expect(await caller.type(typed)).toBe(lines(...answer))
    expect(lobby.calls).toEqual([['seek', seek]])
  })

  test('returns a code if it is private; "invite" does the same', async () => {
    const { caller, lobby } = await inside()
    lobby.answers('seek', { code: 'amber-otter-seven' })
    const answer = lines('Your opponent must type: join amber-otter-seven', 'Then the game begins. "cancel" cancels the invitation.')
    expect(await caller.type('play tictactoe private')).toBe(answer)
    expect(await caller.type('invite tictactoe size 5')).toBe(answer)
    expect(lobby.calls).toEqual([
      ['seek', { game: 'tictactoe', settings: {}, private: true }],
      ['seek', { game: 'tictactoe', settings: { size: 5 }, private: true }],
    ])
  })

  test.each(['play tictactoe private grace', 'invite tictactoe against grace', 'invite tictactoe size 5 grace'])(
    'explains that an invitation asks no user, and how to challenge a user: %s',
    async (typed) => {
      const { caller, lobby } = await inside()
      lobby.answers('seek', { code: 'amber-otter-seven' })
      const size = typed.includes('size') ? ' size 5' : ''
      expect(await caller.type(typed)).toBe(
        lines(
          'Your opponent must type: join amber-otter-seven',
          'Then the game begins. "cancel" cancels the invitation.',
          'The code notifies no user. To send the code: tell grace join amber-otter-seven',
          `To challenge grace without a code: play tictactoe${size} grace`,
        ),
      )
    },
  )

  test('prints nothing more if a table opens immediately', async () => {
    const { caller, lobby } = await inside()
    lobby.seek = async () => {
      await lobby.seat(table())
      return {}
    }
    expect(await caller.type('play tictactoe house')).toMatch(/^\nTable 12: you are O and begin; grace is X\.\n/)
  })

  test.each([
    ['play', 'Name a game: tictactoe, scissors, hangman, quiz, guess or headtail.'],
    ['play chess', 'There is no game "chess": type tictactoe, scissors, hangman, quiz, guess or\n  headtail.'],
    ['play tictatoe', 'There is no game "tictatoe"; did you mean "tictactoe"?'],
    ['play tictactoe size', '"size" needs a number after it, such as "size 5".'],
    ['play tictactoe size four', '"size" needs a number after it, such as "size 5".'],
    ['play tictactoe size 99', 'Size, cells in a row, is a whole number from 2 to 20.'],
    ['play tictactoe sise 4', 'Tictactoe has no setting "sise"; did you mean "size"?'],
    ['play tictactoe depth 4', 'Tictactoe has no setting "depth"; it has size, minutes and seconds.'],
    ['play headtail depth 4', 'Headtail has no setting "depth".'],
    ['play tictactoe minutes 0', 'Minutes for all moves of one player must be a whole number from 1 to 600.'],
    ['play tictactoe against', '"against" needs a name after it, such as "against ada".'],
    ['play tictactoe grace against alan', 'You can play against one user only: grace or alan.'],
    ['play tictactoe house rated', 'The house has no rating, so a game with it cannot be rated.'],
    ['invite tictactoe house', 'The house needs no invitation.'],
    ['play hangman grace', 'Hangman is played alone: type "play hangman".'],
    ['play quiz house', 'Quiz is played alone: type "play quiz".'],
    ['play tictactoe size 4 size 5', '"size" is given twice: type it once.'],
    ['play tictactoe minutes 4 rated minutes 4', '"minutes" is given twice: type it once.'],
    ['play tictactoe 4', 'Type the name of the setting before 4, such as "size 4".'],
    ['play scissors 5', 'Type the name of the setting before 5, such as "minutes 5".'],
    ['play headtail 5', 'Headtail has no settings.'],
    ['play tictactoe ADA', 'You cannot play against yourself. "who" lists the other users.'],
    ['invite hangman', 'Hangman is played alone, so you cannot invite a user.'],
    ['play hangman minutes 5', 'Hangman is played alone, and without a clock.'],
    ['play guess rated', 'Guess is played alone and without points, so it has no ladder.'],
    ['invite', 'Name a game: tictactoe, scissors, hangman, quiz, guess or headtail.'],
    ['invite chess', 'There is no game "chess": type tictactoe, scissors, hangman, quiz, guess or\n  headtail.'],
    ['join', 'Type the code of the invitation, too, such as "join amber-otter-seven".'],
  ])('%s is refused', async (typed, answer) => {
    const { caller, lobby } = await inside()
    expect(await caller.type(typed)).toBe(lines(answer))
    expect(lobby.calls).toEqual([])
  })

  test('prints the reason of a refusal by the hall', async () => {
    const { caller, lobby } = await inside()
    lobby.refuses('seek', 'there is no user "grace" here: list the users', 'no-such-person')
    expect(await caller.type('play tictactoe grace')).toBe(lines('There is no user "grace" here. "who" lists the users.'))
    lobby.refuses('join', 'nobody waits with this code', 'no-such-code')
    expect(await caller.type('join amber otter seven')).toBe(lines('Nobody waits with this code.'))
    expect(lobby.calls.at(-1)).toEqual(['join', 'amber otter seven'])
  })

  test('leaves the table of a finished game, so that no rematch starts meanwhile', async () => {
    const { caller, lobby } = await seated(table({ now: { n: 9, sight: OVER } }))
    await caller.type('play tictactoe')
    expect(lobby.calls.map(([method]) => method)).toEqual(['leave', 'seek'])
    expect(await caller.type('board')).toContain('You are at no table.')
  })
})

describe('in the lobby', () => {
  test('cancel cancels the open seek', async () => {
    const { caller, lobby } = await inside()
    expect(await caller.type('cancel')).toBe(lines('You do not wait for an opponent.'))
    lobby.seeking = true
    expect(await caller.type('cancel')).toBe(lines('You no longer wait for an opponent.'))
  })

  test.each(['seek tictactoe', 'SEEK tictactoe'])('%s is play tictactoe', async (typed) => {
    const { lobby, caller } = await inside()
    expect(await caller.type(typed)).toContain('You wait for an opponent; "cancel" cancels your seek.')
    expect(lobby.calls).toEqual([['seek', { game: 'tictactoe', settings: {} }]])
    expect(await caller.type('help seek')).toMatch(/^play GAME /)
  })

  test('hist is history, and pl is play', async () => {
    const { lobby, caller } = await inside()
    await caller.type('hist', 'pl tictactoe')
    expect(lobby.calls.map(([method]) => method)).toEqual(['history', 'seek'])
  })

  test('seeks lists the open seeks', async () => {
    const { caller, lobby } = await inside()
    expect(await caller.type('seeks')).toBe(lines('No player waits for an opponent. Be the first: play tictactoe'))
    lobby.seekers = [
      { name: 'ada', game: 'tictactoe', settings: { size: 3 }, rated: false },
      { name: 'grace', game: 'tictactoe', settings: { size: 4, first: 0 }, rated: true },
      { name: 'alan', game: 'scissors', settings: {}, rated: false, against: 'ada' },
      { name: 'ada lovelace', game: 'scissors', settings: {}, rated: false, against: 'grace' },
    ]
    expect(await caller.type('seeks')).toBe(
      lines(
        'ada           your own seek; "cancel" cancels it',
        'grace         type: play tictactoe size 4 rated grace (first "register")',
        'alan          type: play scissors alan',
        'ada lovelace  scissors, for grace only',
      ),
    )
  })

  test('an empty line reports the user’s open seek', async () => {
    const { caller, lobby } = await inside()
    expect(await caller.type('')).toBe(lines('"help" lists the commands.'))
    lobby.seekers = [{ name: 'ada', game: 'tictactoe', settings: {}, rated: false }]
    expect(await caller.type('')).toBe(lines('You wait for an opponent; "cancel" cancels your seek.'))
    lobby.seekers = [{ name: 'ada', game: 'tictactoe', settings: {}, rated: false, against: 'grace' }]
    expect(await caller.type('')).toBe(lines('You wait for grace; "cancel" cancels your seek.'))
  })

  test('the name of a game alone is explained', async () => {
    const { caller, lobby } = await inside()
    expect(await caller.type('TicTacToe')).toBe(lines('To play it, type: play tictactoe'))
    expect(lobby.calls).toEqual([])
  })

  test('tables lists the tables', async () => {
    const { caller, lobby } = await inside()
    expect(await caller.type('tables')).toBe(lines('No game is under way. Be the first: play tictactoe'))
    const info = (number: number) => ({
      table: number,
      game: 'tictactoe',
      names: ['ada', 'grace'],
      settings: {},
      rated: false,
      watchers: 0,
      over: false,
    })
    lobby.tables = [info(7), { ...info(12), game: 'hangman', names: ['alan'], rated: true, watchers: 2 }]
    expect(await caller.type('tables')).toBe(
      lines(
        '  7  tictactoe  ada against grace',
        ' 12  hangman    alan, rated, 2 watch',
        'To watch a game, type "watch" and the number of its table.',
      ),
    )
    lobby.tables = Array.from({ length: 40 }, (_, number) => info(number + 1))
    const page = (await caller.type('tables')).split('\n')
    expect(page).toContain('Page 1 of 3: "more" or "tables 2" shows the next.')
    expect(page.length).toBeLessThan(24)
  })

  test('"who" lists the users', async () => {
    const { caller, lobby } = await inside()
    lobby.people = [
      { name: 'ada', registered: false, tables: [] },
      { name: 'grace', registered: true, tables: [7, 12] },
      { name: '計算機', registered: true, tables: [7] },
      // through another connection
      { name: 'grace', registered: true, tables: [7, 12] },
    ]
    expect(await caller.type('who')).toBe(
      lines('ada (you)  guest', 'grace      registered  at table 7, 12', '計算機     registered  at table 7'),
    )
  })

  test('rank shows a ladder', async () => {
    const { caller, lobby } = await inside()
    expect(await caller.type('rank chess')).toContain('There is no game "chess"')
    expect(await caller.type('rank tictactoe')).toBe(
      lines('No user is on the ladder of tictactoe yet.', 'To be on it, type: register, and then: play tictactoe rated'),
    )
    lobby.answers('ladder', [
      { rank: 1, name: 'grace', score: 1623.4, games: 12 },
      { rank: 2, name: 'ada', score: 1500, games: 1 },
    ])
    lobby.answers('rank', { rank: 2, name: 'ada', score: 1500, games: 1, of: 17 })
    expect(await caller.type('rank tictactoe')).toBe(
      lines('  1  grace  rating 1623  12 games', '  2  ada    rating 1500  1 game', 'You are number 2 of 17.'),
    )
    expect(await caller.type('rank quiz')).toContain('  1  grace  1623 points  12 games\n')
    expect(lobby.calls.slice(-4, -2)).toEqual([
      ['rank', 'tictactoe'],
      ['ladder', 'tictactoe', 11],
    ])
    lobby.answers('rank', undefined)
    lobby.me = { name: 'ada', registered: true, tables: [] }
    expect(await caller.type('rank scissors')).toContain(lines('To be on it, type: play scissors rated'))
  })

  test.each(['rank', 'rank 1', 'ladder'])('%s alone shows every ladder with users, and the user’s own place', async (typed) => {
    const { caller, lobby } = await inside()
    const more = 'For one ladder, type "rank" and the game, such as "rank tictactoe".'
    expect(await caller.type(typed)).toBe(lines('No user is on a ladder yet: play a rated game or a quiz.', more))
    lobby.answers('ladder', [{ rank: 1, name: 'grace', score: 1623.4, games: 12 }])
    expect(await caller.type(typed)).toBe(
      lines(
        'game       number 1               you',
        'tictactoe  grace     rating 1623  you are not on it',
        'scissors   grace     rating 1623  you are not on it',
        'quiz       grace     1623 points  you are not on it',
        more,
      ),
    )
    lobby.answers('rank', { rank: 2, name: 'ada', score: 1500, games: 1, of: 17 })
    expect(await caller.type(typed)).toContain('quiz       grace     1623 points  you are number 2 of 17\n')
  })

  test('all ladders in short are one page, and a number names a page', async () => {
    const { caller, lobby } = await inside()
    lobby.answers('ladder', [{ rank: 1, name: 'grace', score: 1623.4, games: 12 }])
    expect(await caller.type('rank 2')).toBe(
      lines('There is no page 2: "rank" shows the only page.', 'For one ladder, type "rank" and the game, such as "rank tictactoe".'),
    )
    expect(await caller.type('rank tictactoe 2')).toContain('There is no page 2: "rank tictactoe" shows the only page.')
    for (const page of ['0', '-1', '+2', '1.5', '99999999999'])
      expect(await caller.type(`rank ${page}`)).toBe(lines('Type "rank" alone, or with the number of a page, such as "rank 2".'))
  })

  test.each(shippedGames.entries.map(({ name, game }) => [name, game] as const))(
    'rank %s: there is a ladder, or none',
    async (name, game) => {
      const { caller, lobby } = await inside()
      lobby.me = { name: 'ada', registered: true, tables: [] }
      const answer = game.points
        ? `To be on it, type: play ${name}`
        : game.seats.max > 1
          ? `To be on it, type: play ${name} rated`
          : `There is no ladder for ${name}, because you play it alone and without points.`
      expect(await caller.type(`rank ${name}`)).toContain(lines(answer))
    },
  )

  test('watch shows a table', async () => {
    const { caller, lobby } = await inside()
    expect(await caller.type('watch')).toContain('such as "watch 17"')
    expect(await caller.type('watch ada')).toContain('such as "watch 17"')
    expect(await caller.type('watch 99')).toBe(lines('There is no table 99 to watch: "tables" lists them.'))
    const { seat: _, ...snapshot } = table({ names: ['grace', 'alan'] })
    lobby.answers('watch', snapshot)
    expect(await caller.type('watch 12')).toContain('Table 12: you watch tictactoe, grace (O) against alan (X).')
    lobby.answers('watch', { ...snapshot, table: 13 })
    expect(await caller.type('watch 13')).toContain('Table 13: you watch')
    expect(lobby.calls.slice(-2)).toEqual([
      ['watch', 13],
      ['leave', 12],
    ])
  })

  test('resume returns to a seat', async () => {
    const { caller, lobby } = await inside()
    const held = (number: number) => ({
      table: number,
      game: 'tictactoe',
      names: ['ada', 'grace'],
      settings: {},
      rated: false,
      watchers: 0,
      over: false,
    })
    const none = lines('You hold no such seat. If you have its token, type "resume TOKEN".')
    expect(await caller.type('resume')).toBe(none)
    lobby.heldSeats = [held(7), held(12)]
    expect(await caller.type('resume')).toBe(
      lines('Several seats of yours are held:', '  resume 7   tictactoe with grace', '  resume 12  tictactoe with grace'),
    )
    expect(await caller.type('resume 99')).toBe(none)
    lobby.heldSeats = [held(12)]
    lobby.answers('resumeSeat', table())
    lobby.seeking = true
    lobby.calls.length = 0
    expect(await caller.type('resume')).toMatch(
      /^You no longer wait for an opponent\.\n\nTable 12: you are back at tictactoe, you \(O\) against grace \(X\)\.\n/,
    )
    expect(lobby.calls).toEqual([['cancel'], ['resumeSeat', 12]])
  })
})

describe('at a table', () => {
  test('a line that is not a command is a move', async () => {
    const { caller, lobby } = await seated()
    expect(await caller.type('5')).toBe('')
    expect(await caller.type('move 6')).toBe('')
    expect(lobby.calls).toEqual([
      ['play', 12, '5'],
      ['play', 12, '6'],
    ])
  })

  test('a refused move is answered, with a similar command', async () => {
    const { caller, lobby } = await seated()
    lobby.refuses('play', 'cell 5 is taken by X', 'illegal-move')
    expect(await caller.type('5')).toBe(lines('Cell 5 is taken by X.'))
    expect(await caller.type('move 5')).toBe(lines('Cell 5 is taken by X.'))
    lobby.refuses('play', 'type the number of a free cell', 'illegal-move')
    expect(await caller.type('resing')).toBe(lines('Type the number of a free cell; or did you mean "resign"?'))
    expect(await caller.type('good luck')).toBe(lines('Type the number of a free cell; to say it here, begin with "say".'))
  })

  test('a line that begins like a command and continues like talk is not executed', async () => {
    const { caller, lobby } = await seated()
    for (const name of ['resign', 'draw', 'quit', 'leave'])
      expect(await caller.type(`${name} already`)).toBe(
        lines(`Type "${name}" alone, if you mean that command; to say it here, begin with "say".`),
      )
    expect(lobby.calls).toEqual([])
    const other = await inside()
    expect(await other.caller.type('who is there')).toBe(lines('Type "who" alone, or with the number of a page, such as "who 2".'))
  })

  test('the rules refuse a move out of turn, and any other text is not a move', async () => {
    const view = { cells: 'O--------', size: 3, turn: 1 }
    const { caller, lobby } = await seated(table({ now: { n: 2, sight: { view, turn: false, toMove: [1] } } }))
    lobby.refuses('play', 'it is the other player’s turn', 'illegal-move')
    expect(await caller.type('5')).toBe(lines('It is the other player’s turn.'))
    expect(await caller.type('luck')).toBe(lines('There is no command "luck": "help" lists all; to say it here, begin with "say".'))
    expect(lobby.calls).toEqual([['play', 12, '5']])
  })

  test('an empty line, and "move" alone, show whose turn it is', async () => {
    const { caller } = await seated()
    expect(await caller.type('')).toBe(lines('Your move: the number of a free cell.'))
    expect(await caller.type('move')).toBe(lines('Your move: the number of a free cell.'))
  })

  test('board shows the board', async () => {
    const { caller } = await seated()
    expect(await caller.type('board')).toBe(
      lines(
        'Table 12: tictactoe, you (O) against grace (X).',
        '',
        ' 1 | 2 | 3',
        '-----------',
        ' 4 | 5 | 6',
        '-----------',
        ' 7 | 8 | 9',
        '',
        'Your move: the number of a free cell.',
      ),
    )
  })

  test.each([
    ['say hello there', ['say', 12, 'hello there'], 'Said.\n'],
    ["'hello there", ['say', 12, 'hello there'], 'Said.\n'],
    ["' hello ", ['say', 12, 'hello'], 'Said.\n'],
    ['draw', ['offer', 12], ''],
    ['resign', ['resign', 12], ''],
  ])('%s', async (typed, call, answer) => {
    const { caller, lobby } = await seated()
    expect(await caller.type(typed)).toBe(answer)
    expect(lobby.calls).toEqual([call])
    lobby.refuses(call[0] as 'say', 'that is not possible')
    expect(await caller.type(typed)).toBe(lines('That is not possible.'))
  })

  test('an empty text is not sent', async () => {
    const { caller } = await seated()
    for (const typed of ['say', "'"]) expect(await caller.type(typed)).toBe(lines('Type the text, too, such as "say hello".'))
  })

  test('accept accepts the opponent’s offer, and nothing else', async () => {
    const { caller, lobby } = await seated()
    expect(await caller.type('accept')).toBe(lines('You have no challenge or offer to answer.'))
    await lobby.tell({ table: 12, n: 2, what: { type: 'offered', seat: 0, what: 'draw' } })
    expect(caller.news()).toBe(lines('', 'You have offered a draw.'))
    expect(await caller.type('accept')).toBe(lines('You have no challenge or offer to answer.'))
    await lobby.tell(
      { table: 12, n: 3, what: { type: 'declined', seat: 1 } },
      { table: 12, n: 4, what: { type: 'offered', seat: 1, what: 'draw' } },
    )
    expect(caller.news()).toBe(lines('', 'grace declines.', 'grace offers a draw: "accept", "decline", or make a move.'))
    expect(await caller.type('accept')).toBe('')
    expect(lobby.calls.filter(([method]) => method === 'offer')).toEqual([['offer', 12]])
  })

  test.each(['login grace', 'name grace', 'register'])('%s is refused until the game is over', async (typed) => {
    const { caller, lobby } = await seated()
    expect(await caller.type(typed)).toBe(lines('You are in a game at table 12: finish it first, or "resign" it.'))
    expect(lobby.calls).toEqual([])
  })

  test('leave is refused until the game is over, too', async () => {
    const { caller, lobby } = await seated()
    expect(await caller.type('leave')).toBe(lines('The game continues. "resign" ends it.'))
    expect(lobby.calls).toEqual([])
    expect(await caller.type('board')).toContain('Table 12')
  })

  test('rematch requires a finished game', async () => {
    const { caller, lobby } = await seated()
    expect(await caller.type('rematch')).toBe(lines('The game continues. "resign" ends it.'))
    expect(lobby.calls).toEqual([])
  })

  test('quit shows a guest the token that resumes the seat, and a registered user that none is needed', async () => {
    const token = '7QX2ABCDEFGHJKMNPQRSTVWXYZ'
    const guest = await seated(table({ token, grace: 120_000 }))
    expect(await guest.caller.type('quit')).toBe(lines(...BYE, `Your seat at table 12 is held for 2 minutes: resume ${token}`))
    const { caller, lobby } = await seated(table({ token, grace: 120_000 }))
    lobby.me = { name: 'ada', registered: true, tables: [12] }
    expect(await caller.type('quit')).toBe(lines(...BYE, 'Your seat at table 12 is held for 2 minutes: "resume 12" resumes it.'))
  })

  test('style json is refused at a table', async () => {
    const { caller } = await seated()
    expect(await caller.type('style json')).toBe(lines('Leave table 12 first.'))
  })
})

describe('style json', () => {
  test('sends no more text for people, and loses no event', async () => {
    let changed = 0
    for (let turns = 0; turns < 60; turns++) {
      const { caller, lobby } = await inside()
      const sent = caller.send('style json\n')
      for (let turn = 0; turn < turns; turn++) await Promise.resolve()
      await lobby.seat(table())
      await sent
      const said = await caller.until('able')
      if (said.includes('Leave table 12 first.')) continue
      changed++
      const messages = said + (said.includes('"seated"') ? '' : await caller.until('"seated"'))
      expect(
        messages
          .trimEnd()
          .split('\n')
          .map((message) => JSON.parse(message).type),
      ).toEqual(['hello', 'seated'])
    }
    expect(changed).toBeGreaterThan(10)
  })
})

describe('at a finished game', () => {
  const over = () => seated(table({ now: { n: 9, sight: OVER } }))
  const SENTENCE = 'The game is over. "rematch" plays it again, "play GAME" begins another game.'

  test.each(['5', 'move 5', 'draw', 'resign'])('%s is refused', async (typed) => {
    const { caller, lobby } = await over()
    expect(await caller.type(typed)).toBe(lines(SENTENCE))
    expect(lobby.calls).toEqual([])
  })

  test('rematch offers a rematch', async () => {
    const { caller, lobby } = await over()
    expect(await caller.type('rematch')).toBe('')
    expect(lobby.calls).toEqual([['offer', 12]])
  })

  test('rematch of a solo game plays the same again', async () => {
    const hangman = (number: number): TableSnapshot => ({
      table: number,
      game: rules('hangman'),
      seat: 0,
      names: ['ada'],
      settings: {},
      rated: false,
      now: {
        n: 9,
        sight: {
          view: { shown: ['', ''], tried: ['x'], misses: 1, left: 0, word: 'it' },
          turn: false,
          toMove: [],
          outcome: { winners: [] },
        },
      },
    })
    const { caller, lobby } = await inside()
    await caller.type('play hangman misses 1')
    await lobby.seat(hangman(12))
    expect(caller.news()).toContain('You lose: the word was it.')
    lobby.calls.length = 0
    await caller.type('rematch')
    expect(lobby.calls).toEqual([
      ['leave', 12],
      ['seek', { game: 'hangman', settings: { misses: 1 } }],
    ])
    const other = await seated(hangman(13))
    await other.caller.type('rematch')
    expect(other.lobby.calls).toContainEqual(['seek', { game: 'hangman', settings: {} }])
  })

  test('leave leaves the table', async () => {
    const { caller, lobby } = await over()
    expect(await caller.type('leave')).toBe(lines('You have left table 12.'))
    expect(lobby.calls).toEqual([['leave', 12]])
    expect(await caller.type('leave')).toContain('You are at no table.')
  })
})

describe('a watcher', () => {
  test.each(['5', 'move 5', 'draw', 'resign', 'rematch'])('%s is refused', async (typed) => {
    const { caller, lobby } = await watching()
    expect(await caller.type(typed)).toBe(lines('You only watch here. "play tictactoe" takes a seat elsewhere.'))
    expect(lobby.calls).toEqual([])
  })

  test('may talk, look, leave and open a seek', async () => {
    const { caller, lobby } = await watching()
    await caller.type('say hello', 'board', 'play tictactoe', 'leave')
    expect(lobby.calls).toEqual([
      ['say', 12, 'hello'],
      ['seek', { game: 'tictactoe', settings: {} }],
      ['leave', 12],
    ])
  })
})

describe('at no table', () => {
  test.each(['5', 'move 5', 'board', 'say hello', "'hello", 'draw', 'resign', 'rematch', 'leave'])('%s is refused', async (typed) => {
    const { caller, lobby } = await inside()
    const answer =
      typed === '5'
        ? ['You are at no table, so "5" is not a move: "play tictactoe" takes a seat,', '  "games" lists the games.']
        : 'You are at no table. "play tictactoe" takes a seat, "tables" lists tables.'
    expect(await caller.type(typed)).toBe(lines(...[answer].flat()))
    expect(lobby.calls).toEqual([])
  })
})

describe('a move at no table', () => {
  test.each(['5', 'e', 'A', 'H', '5.5', '-1', '101', 'ß'])('%s is answered with the commands that lead to a table', async (typed) => {
    const { caller, lobby } = await inside()
    expect(await caller.type(typed)).toMatch(/^You are at no table, so ".*" is not a move: "play tictactoe" takes a seat/)
    lobby.seekers = [{ name: 'ada', game: 'tictactoe', settings: {}, rated: false }]
    expect(await caller.type(typed)).toBe(lines(`You are at no table, so "${typed}" is not a move: your game has not begun yet.`))
    lobby.seekers = []
    const held = { game: 'tictactoe', settings: {}, rated: false, names: ['ada', 'grace'], watchers: 0, over: false }
    lobby.heldSeats = [{ table: 6, ...held }]
    expect(await caller.type(typed)).toBe(lines(`You are at no table, so "${typed}" is not a move: "resume 6" resumes your seat.`))
  })

  test.each(['frobnicate', 'xy', '?!'])('%s is not a move of any game', async (typed) => {
    const { caller } = await inside()
    expect(await caller.type(typed)).toContain(`There is no command "${typed}"`)
  })
})

test('a user cannot have the name of a command', () => {
  const words = commands.flatMap(({ name, also = [] }) => [name, ...also]).filter((word) => /^\p{L}+$/u.test(word))
  expect(words.length).toBeGreaterThan(20)
  for (const word of words) expect([word, checkPersonName(word)]).toEqual([word, { refused: expect.any(String) }])
})
