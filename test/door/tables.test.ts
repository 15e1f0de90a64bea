import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../src/games/game.ts'
import { games } from '../../src/games/index.ts'
import type { TableEventView, TableSnapshot, TableView } from '../../src/hall/api.ts'
import { type DoorUser, lines } from '../support/door-user.ts'
import { FakeLobby } from '../support/fake-lobby.ts'

type What = TableEventView['what']

const TERMS = { settings: {}, rated: false }

const rules = (name: string) => {
  const found = games.get(name)
  if (!found) throw new Error(`no game ${name}`)
  return found
}

/** The view of a board of tic-tac-toe, from a seat or of a watcher. */
function board(cells: string, seat?: number, more: Partial<TableView> = {}): TableView {
  const turn = [...cells].filter((cell) => cell !== '-').length % 2
  return { view: { cells, size: 3, turn }, turn: seat === turn, toMove: [turn], ...more }
}

/** A board as the front door shows it. */
function drawn(cells: string): string[] {
  const [one, two, three] = [0, 3, 6].map((from) =>
    [...cells].slice(from, from + 3).map((mark, at) => (mark === '-' ? from + at + 1 : mark)),
  )
  return [one, two, three].map((row) => ` ${row?.join(' | ')}`).flatMap((row, at) => (at === 0 ? [row] : ['-----------', row]))
}

/** A user at table 12, who has seen nothing yet; events arrive in the given order. */
class Spectacle {
  readonly lobby = new FakeLobby()
  readonly #seat: number | undefined
  #caller: DoorUser | undefined
  #n = 0

  constructor(seat?: number) {
    this.#seat = seat
  }

  /** Brings Ada to the table, in her seat or as a watcher. */
  async begin(snapshot: Partial<TableSnapshot> = {}): Promise<string> {
    const caller = await this.lobby.caller('ada')
    this.#caller = caller
    const seat = this.#seat
    const names = seat === undefined ? ['grace', 'alan'] : seat === 0 ? ['ada', 'grace'] : ['grace', 'ada']
    const all = { table: 12, game: rules('tictactoe'), names, ...TERMS, ...(seat === undefined ? {} : { seat }), ...snapshot }
    if (seat !== undefined) {
      await this.lobby.seat(all)
      return caller.news()
    }
    this.lobby.answers('watch', all)
    return caller.type('watch 12')
  }

  /** Sends the events of one turn. */
  async happen(...all: readonly (readonly [What, TableView?])[]): Promise<string> {
    await this.lobby.tell(...all.map(([what, sight]) => ({ table: 12, n: ++this.#n, what, ...(sight ? { sight } : {}) })))
    return this.#caller?.news() ?? ''
  }

  async type(...typed: readonly string[]): Promise<string> {
    return (await this.#caller?.type(...typed)) ?? ''
  }

  /** Advances the clock. */
  async pass(ms: number): Promise<void> {
    await this.#caller?.clock.pass(ms)
  }
}

const opened: What = { type: 'opened' }
const moved = (seat: number): What => ({ type: 'moved', seat })
const ended = (outcome: Outcome): What => ({ type: 'ended', outcome })

/** Ada in a seat of a game that has begun. */
async function begun(seat: number): Promise<Spectacle> {
  const screen = new Spectacle(seat)
  await screen.begin()
  await screen.happen([opened, board('---------', seat)])
  return screen
}

/** Ada as a watcher. */
async function watched(): Promise<Spectacle> {
  const screen = new Spectacle()
  await screen.begin({ now: { n: 1, sight: board('---------') } })
  return screen
}

describe('a seat', () => {
  test('is introduced with the first board, and with the command to resume it', async () => {
    const screen = new Spectacle(0)
    expect(await screen.begin({ token: '7QX2ABCDEFGHJKMNPQRSTVWXYZ' })).toBe('')
    expect(await screen.type('')).toBe(lines('The game begins in a moment.'))
    expect(await screen.happen([opened, board('---------', 0)])).toBe(
      lines(
        '',
        'Table 12: you are O and begin; grace is X.',
        'If the connection breaks, return with: resume 7QX2ABCDEFGHJKMNPQRSTVWXYZ',
        '',
        ...drawn('---------'),
        '',
        'Your move: the number of a free cell.',
      ),
    )
  })

  test('is introduced, if it is the second, after the opponent’s move', async () => {
    const screen = new Spectacle(1)
    await screen.begin()
    expect(await screen.happen([opened, board('---------', 1)])).toBe(
      lines('', 'Table 12: you are X; grace is O and begins.', '', ...drawn('---------'), '', 'grace is to move.'),
    )
  })

  test.each([
    [
      'hands',
      ['ada', 'grace'],
      { rounds: [], chosen: [] },
      [0, 1],
      ['Table 12: you play scissors with grace.', '', 'Your move: 1 for scissor, 2 for paper, 3 for stone; or the word.'],
    ],
    [
      'guessing',
      ['ada'],
      { left: 7 },
      [0],
      ['Table 12: guess. "resign" stops it.', '', 'Guess a number from 1 to 100. Tries left: 7.', '', 'Your move: a number, such as 50.'],
    ],
    [
      'coin',
      ['ada'],
      { guesses: 0, right: 0 },
      [0],
      ['Table 12: headtail. "resign" stops it.', '', 'Guess: head (H) or tail (T)?', '', 'Your move: H for head, T for tail.'],
    ],
  ])('is introduced in %s', async (name, names, view, toMove, page) => {
    const screen = new Spectacle(0)
    await screen.begin({ game: rules(name), names })
    expect(await screen.happen([opened, { view, turn: true, toMove }])).toBe(lines('', ...page))
  })

  test('the command to resume is shown once, also if it is the same at another table', async () => {
    const screen = new Spectacle(0)
    const token = '7QX2ABCDEFGHJKMNPQRSTVWXYZ'
    const now = { n: 1, sight: board('---------', 0) }
    expect(await screen.begin({ token, now })).toContain(token)
    await screen.lobby.seat({ table: 13, game: rules('tictactoe'), seat: 1, names: ['grace', 'ada'], ...TERMS, token, now })
    const next = await screen.type('')
    expect(next).toContain('Table 13: you are X')
    expect(next).not.toContain(token)
  })
})

describe('moves', () => {
  test('show the board, and the player to move, after the user’s own', async () => {
    const screen = await begun(0)
    expect(await screen.happen([moved(0), board('----O----', 0)])).toBe(lines('', ...drawn('----O----'), '', 'grace is to move.'))
  })

  test('of the opponent are announced; how to move is explained once', async () => {
    const screen = await begun(0)
    await screen.happen([moved(0), board('----O----', 0)])
    expect(await screen.happen([moved(1), board('X---O----', 0)])).toBe(lines('', ...drawn('X---O----'), '', 'grace has moved. Your move.'))
  })

  test('are shown with the cell if the last move is the opponent’s', async () => {
    const screen = await begun(0)
    const last = (cells: string, cell: number, turn: number) => ({
      ...board(cells, 0),
      view: { cells, size: 3, turn, last: cell },
    })
    expect(await screen.happen([moved(0), last('----O----', 5, 1)], [moved(1), last('X---O----', 1, 0)])).toContain(
      lines('', 'grace has moved: 1. Your move.'),
    )
    const other = await watched()
    expect(await other.happen([moved(0), last('----O----', 5, 1)])).toContain('grace has moved: 5. ')
    expect(await other.happen([moved(1), last('X---O----', 1, 0)], [moved(0), last('XO--O----', 2, 1)])).toContain(
      'alan and grace have moved. ',
    )
  })

  test('are shown together if they arrive together', async () => {
    const screen = await begun(0)
    expect(await screen.happen([moved(0), board('----O----', 0)], [moved(1), board('X---O----', 0)])).toBe(
      lines('', ...drawn('X---O----'), '', 'grace has moved. Your move.'),
    )
  })

  test('are shown with the end of the game, too', async () => {
    const screen = await begun(0)
    const last = board('OOOXX----', 0, { turn: false, toMove: [], outcome: { winners: [0] } })
    expect(await screen.happen([moved(0), last], [ended({ winners: [0] }), last])).toBe(
      lines('', ...drawn('OOOXX----'), '', 'You win!', '"rematch" plays it again, "play GAME" begins another game.'),
    )
  })

  test('show no board if it is unchanged', async () => {
    const screen = new Spectacle(0)
    await screen.begin({ game: rules('hands') })
    await screen.happen([opened, { view: { rounds: [], chosen: [] }, turn: true, toMove: [0, 1] }])
    expect(await screen.happen([moved(1), { view: { rounds: [], chosen: [1] }, turn: true, toMove: [0] }])).toBe(
      lines('', 'grace has moved. Your move.'),
    )
    expect(await screen.happen([moved(0), { view: { rounds: [['Paper', 'Stone']], chosen: [] }, turn: true, toMove: [0, 1] }])).toBe(
      lines('', 'you Paper, grace Stone: you win', '', 'Your move.'),
    )
    expect(
      await screen.happen([moved(0), { view: { rounds: [['Paper', 'Stone']], chosen: [0], own: 'Paper' }, turn: false, toMove: [1] }]),
    ).toBe(lines('', 'grace is to move.'))
  })

  test('in a solo game do not repeat whose turn it is', async () => {
    const screen = new Spectacle(0)
    await screen.begin({ game: rules('guessing'), names: ['ada'] })
    await screen.happen([opened, { view: { left: 7 }, turn: true, toMove: [0] }])
    expect(await screen.happen([moved(0), { view: { left: 6, last: 'low' }, turn: true, toMove: [0] }])).toBe(
      lines('', 'Too low. Tries left: 6.'),
    )
  })
})

describe('boards', () => {
  test.each(Array.from({ length: 19 }, (_, at) => at + 2))('of %i cells in a row fit a screen', async (size) => {
    const screen = new Spectacle(0)
    const view = { cells: 'OX'.padEnd(size * size, '-'), size, turn: 0 }
    const page = await screen.begin({ now: { n: 3, sight: { view, turn: true, toMove: [0] } } })
    for (let cell = 3; cell <= size * size; cell++) expect(page).toMatch(new RegExp(`(^|\\D)${cell}(\\D|$)`))
    expect(
      (await screen.happen([moved(0), { view: { ...view, cells: view.cells.replace('-', 'O') }, turn: true, toMove: [0] }])).split('\n')
        .length,
    ).toBeLessThanOrEqual(25)
  })
})

describe('clocks', () => {
  test('are shown if there are any, and continue', async () => {
    const screen = new Spectacle(0)
    const left = [151_000, 180_000]
    await screen.begin({ now: { n: 1, sight: board('---------', 0, { left }) } })
    await screen.pass(30_000)
    expect(await screen.type('')).toBe(lines('Your move: the number of a free cell. You have 2:01 left.'))
    await screen.happen([moved(0), board('O--------', 0, { left: [120_000, 180_000] })])
    await screen.pass(120_500)
    expect(await screen.type('')).toBe(lines('grace, with 1:00 left, is to move.'))
    expect(await screen.happen([moved(1), board('OX-------', 0, { left: [120_000, 59_500] })])).toContain(
      lines('grace has moved. Your move. You have 2:00 left.'),
    )
    await screen.pass(200_000)
    expect(await screen.type('board')).toContain('You have 0:00 left.')
  })

  test('of a single move restart with each move, and differ from those of the game', async () => {
    const screen = new Spectacle(0)
    await screen.begin({ clock: { turn: 30_000 }, now: { n: 1, sight: board('---------', 0, { moveLeft: [30_000, 30_000] }) } })
    await screen.pass(12_000)
    expect(await screen.type('')).toContain('You have 0:18 left for this move.')
    await screen.happen([moved(0), board('O--------', 0, { moveLeft: [30_000, 30_000], left: [100_000, 61_000] })])
    await screen.pass(1000)
    expect(await screen.type('')).toBe(lines('grace, with 0:29 left for this move, and 1:00 for the game, is to move.'))
  })

  test.each([
    [{ total: 300_000 }, 'Each of you has 5 minutes for the game.', 'Each has 5 minutes for the game.'],
    [{ turn: 1500 }, 'Each of you has 1.5 seconds for a move.', 'Each has 1.5 seconds for a move.'],
  ])('are shown in words: %j', async (clock, toPlayer, toWatcher) => {
    const now = { n: 1, sight: board('---------', 0) }
    expect(await new Spectacle(0).begin({ clock, now })).toContain(lines('Table 12: you are O and begin; grace is X.', toPlayer))
    expect(await new Spectacle().begin({ clock, now })).toContain(lines(toWatcher))
    expect(await new Spectacle(0).begin({ clock, now, names: ['ada'] })).toContain(toPlayer.replace('Each of you has', 'You have'))
    expect(await new Spectacle().begin({ clock, now, names: ['grace'] })).toContain(toWatcher.replace('Each', 'grace'))
  })

  test('are on a line of their own if the first has no room', async () => {
    const screen = new Spectacle(1)
    await screen.begin({ now: { n: 1, sight: board('---------', 1) } })
    expect(await screen.happen([moved(0), board('O--------', 1, { left: [100_000, 36_000_000_000] })])).toContain(
      lines('grace has moved.', 'Your move: the number of a free cell.', 'You have 10000:00:00 left.'),
    )
  })
})

describe('the end', () => {
  test.each<[string, Outcome, number | undefined, string]>([
    ['a win', { winners: [0] }, 0, 'You win!'],
    ['a loss', { winners: [1] }, 0, 'grace wins.'],
    ['a draw', { winners: [] }, 0, 'The game is a draw.'],
    ['a draw that was agreed', { winners: [], agreed: true }, 0, 'You have agreed on a draw.'],
    ['the other has left', { winners: [0], left: 1 }, 0, 'grace has left, you win!'],
    ['the other has resigned', { winners: [0], left: 1, resigned: true }, 0, 'grace has resigned, you win!'],
    ['the own resigning', { winners: [1], left: 0, resigned: true }, 0, 'You have resigned: grace wins.'],
    ['a watched player who has resigned', { winners: [0], left: 1, resigned: true }, undefined, 'alan has resigned: grace wins.'],
    ['the other was late', { winners: [0], left: 1, late: true }, 0, 'The time of grace is over, you win!'],
    ['the own leaving', { winners: [1], left: 0 }, 0, 'You have left the game: grace wins.'],
    ['the own time over', { winners: [1], left: 0, late: true }, 0, 'Your time is over: grace wins.'],
    ['a win that is watched', { winners: [0] }, undefined, 'grace wins.'],
    ['a draw that is watched', { winners: [], agreed: true }, undefined, 'They have agreed on a draw.'],
    ['a watched player who has left', { winners: [0], left: 1 }, undefined, 'alan has left: grace wins.'],
    ['a watched player who was late', { winners: [0], left: 1, late: true }, undefined, 'The time of alan is over: grace wins.'],
  ])('%s', async (_, outcome, seat, sentence) => {
    const screen = seat === undefined ? await watched() : await begun(seat)
    const further = seat === undefined ? '"leave" leaves the table.' : '"rematch" plays it again, "play GAME" begins another game.'
    const last = board('---------', seat, { turn: false, toMove: [], outcome })
    expect(await screen.happen([ended(outcome), last])).toBe(lines('', sentence, further))
    expect(await screen.type('')).toBe(lines(sentence, further))
  })

  test.each<[string, unknown, Outcome, string]>([
    ['hangman', { shown: ['i', 't'], tried: ['i', 't'], misses: 8, left: 8, word: 'it' }, { winners: [0] }, 'You win! The word is it.'],
    ['hangman', { shown: ['i', ''], tried: ['i', 'x'], misses: 1, left: 0, word: 'it' }, { winners: [] }, 'You lose: the word was it.'],
    [
      'hangman',
      { shown: ['i', ''], tried: ['i'], misses: 8, left: 8, word: 'it' },
      { winners: [], left: 0 },
      'You have left the game. The word was it.',
    ],
    [
      'hangman',
      { shown: ['i', ''], tried: ['i'], misses: 8, left: 8, word: 'it' },
      { winners: [], left: 0, resigned: true },
      'You have resigned the game. The word was it.',
    ],
    ['guessing', { left: 3, last: 'right', secret: 42 }, { winners: [0] }, 'You win!'],
    ['guessing', { left: 0, last: 'low', secret: 42 }, { winners: [] }, 'You lose: the number was 42.'],
    [
      'guessing',
      { left: 2, last: 'low', secret: 42 },
      { winners: [], left: 0, resigned: true },
      'You have resigned the game. The number was 42.',
    ],
    ['guessing', { left: 2, secret: 42 }, { winners: [], left: 0, abandoned: true }, 'without a result. The number was\n  42.'],
    [
      'coin',
      { guesses: 5, right: 3, last: true },
      { winners: [], left: 0, resigned: true },
      'You have resigned the game. Guessed right: 3 of 5.',
    ],
    ['quiz', { count: 2, points: 2 }, { winners: [0] }, 'The end: 2 of 2 right.\n\nEverything right: you win!'],
    ['quiz', { count: 2, points: 1 }, { winners: [] }, 'The end: 1 of 2 right.\n\n"rematch"'],
  ])('of %s, in a solo game', async (name, view, outcome, sentence) => {
    const screen = new Spectacle(0)
    await screen.begin({ game: rules(name), names: ['ada'], now: { n: 9, sight: { view, turn: false, toMove: [], outcome } } })
    expect(await screen.type('board')).toContain(sentence)
  })

  test.each<[Outcome, string]>([
    [{ winners: [0] }, 'grace wins.'],
    [{ winners: [] }, 'The game is over.'],
    [{ winners: [], left: 0 }, 'grace has left.'],
  ])('of a watched solo game', async (outcome, sentence) => {
    const screen = new Spectacle()
    const sight = { view: { left: 3, last: 'right' }, turn: false, toMove: [], outcome }
    expect(await screen.begin({ game: rules('guessing'), names: ['grace'], now: { n: 9, sight } })).toContain(sentence)
  })
})

describe('other events', () => {
  test.each<[What, string | undefined, string]>([
    [{ type: 'said', name: 'grace', seat: 1, text: 'hello' }, 'grace says: hello', 'alan says: hello'],
    [{ type: 'said', name: 'edsger', text: 'hello' }, 'edsger (watching) says: hello', 'edsger (watching) says: hello'],
    // through another connection of the same user
    [{ type: 'said', name: 'ada', seat: 0, text: 'hello' }, 'You say: hello', 'grace says: hello'],
    [{ type: 'offered', seat: 1, what: 'draw' }, 'grace offers a draw: "accept", "decline", or make a move.', 'alan offers a draw.'],
    [{ type: 'offered', seat: 1, what: 'rematch' }, 'grace offers another game: "accept" or "decline".', 'alan offers another game.'],
    [{ type: 'offered', seat: 0, what: 'draw' }, 'You have offered a draw.', 'grace offers a draw.'],
    [{ type: 'declined', seat: 1 }, 'grace declines.', 'alan declines.'],
    [{ type: 'declined', seat: 0 }, 'You have declined.', 'grace declines.'],
    [{ type: 'gone', seat: 1 }, 'grace has disconnected. After 30 seconds you can "claim", "abort" or "wait".', 'alan has disconnected.'],
    [{ type: 'waited', seat: 0 }, 'You have given your opponent more time.', 'grace has given the opponent more time to return.'],
    [{ type: 'waited', seat: 1 }, 'grace has given you more time to return.', 'alan has given the opponent more time to return.'],
    [{ type: 'back', seat: 1 }, 'grace is back.', 'alan is back.'],
    [{ type: 'gone', seat: 0 }, undefined, 'grace has disconnected.'],
    [{ type: 'back', seat: 0 }, undefined, 'grace is back.'],
    [{ type: 'suspended' }, 'The game is paused until a player is back.', 'The game is paused until a player is back.'],
    [{ type: 'continued', table: 13 }, undefined, 'They play again at table 13: type "watch 13".'],
  ])('%j', async (what, toPlayer, toWatcher) => {
    const observed = { ...what, ...('name' in what && what.seat === 0 ? { name: 'ada' } : {}) }
    expect(await (await begun(0)).happen([observed])).toBe(toPlayer === undefined ? '' : lines('', toPlayer))
    const shown = 'name' in what && what.seat !== undefined ? { ...what, name: what.seat === 0 ? 'grace' : 'alan' } : what
    expect(await (await watched()).happen([shown])).toBe(lines('', toWatcher))
  })

  test('a watcher’s own talk is not shown again, but talk of a player of the same name is', async () => {
    const screen = await watched()
    await screen.type('say hello')
    expect(await screen.happen([{ type: 'said', name: 'ada', text: 'hello' }])).toBe('')
    expect(await screen.happen([{ type: 'said', name: 'ada', seat: 1, text: 'hello' }])).toBe(lines('', 'ada says: hello'))
  })

  test('a player’s own talk is not shown again, once for each time it was typed; other talk of the same user is', async () => {
    const screen = await begun(0)
    await screen.type('say hello')
    await screen.type("'hello")
    const said: What = { type: 'said', name: 'ada', seat: 0, text: 'hello' }
    expect(await screen.happen([{ ...said, text: 'good luck' }])).toBe(lines('', 'You say: good luck'))
    expect(await screen.happen([said], [said])).toBe('')
    expect(await screen.happen([said])).toBe(lines('', 'You say: hello'))
  })

  test('talk that the server refuses is forgotten', async () => {
    const screen = await begun(0)
    screen.lobby.refuses('say', 'you send messages too fast: wait a moment')
    await screen.type('say hello')
    expect(await screen.happen([{ type: 'said', name: 'ada', seat: 0, text: 'hello' }])).toBe(lines('', 'You say: hello'))
  })

  test('an offer that was declined by a move is shown', async () => {
    const screen = await begun(0)
    await screen.happen([{ type: 'offered', seat: 0, what: 'draw' }])
    await screen.happen([moved(0), board('O--------', 0)])
    expect(await screen.happen([moved(1), board('OX-------', 0)])).toContain('Your offer was not accepted.')
    await screen.happen([{ type: 'offered', seat: 1, what: 'draw' }])
    expect(await screen.happen([moved(0), board('OXO------', 0)])).not.toContain('offer')
    expect(await screen.type('accept')).toBe(lines('You have no challenge or offer to answer.'))
  })

  test('an accepted offer is shown by its result', async () => {
    const screen = await begun(0)
    await screen.happen([{ type: 'offered', seat: 1, what: 'draw' }])
    const last = board('---------', 0, { turn: false, toMove: [], outcome: { winners: [], agreed: true } })
    expect(await screen.happen([{ type: 'offered', seat: 0, what: 'draw' }], [ended({ winners: [], agreed: true }), last])).toBe(
      lines('', 'You have agreed on a draw.', '"rematch" plays it again, "play GAME" begins another game.'),
    )
  })

  test('an offer that is open when the user joins is shown, and its acceptance is not a second offer', async () => {
    const now = { n: 4, sight: board('---------') }
    const watcher = new Spectacle()
    expect(await watcher.begin({ now, offers: [1] })).toContain(lines('alan offers a draw.'))
    expect(await watcher.happen([{ type: 'offered', seat: 0, what: 'draw' }])).toBe('')
    const back = new Spectacle(0)
    expect(await back.begin({ now, offers: [1] })).toContain(lines('grace offers a draw: "accept", "decline", or make a move.'))
    expect(await back.type('accept')).not.toContain('You have no challenge')
    const own = new Spectacle(0)
    const over = board('---------', 0, { turn: false, toMove: [], outcome: { winners: [0] } })
    expect(await own.begin({ now: { n: 9, sight: over }, offers: [0] })).toContain(lines('You have offered another game.'))
    expect(await own.happen([{ type: 'offered', seat: 1, what: 'rematch' }])).toBe('')
  })

  test('a closed table is shown with the reason', async () => {
    const screen = await begun(0)
    await screen.lobby.closeTable(7, 'it could not be kept')
    expect(await screen.type('')).not.toContain('closed')
    await screen.lobby.closeTable(12, 'it could not be kept')
    expect(await screen.type('board')).toBe(
      lines('', 'Table 12 is closed: it could not be kept.', 'You are at no table. "play tictactoe" takes a seat, "tables" lists tables.'),
    )
  })

  test('no event of another table is shown', async () => {
    const screen = await begun(0)
    await screen.lobby.tell({ table: 7, n: 1, what: { type: 'said', name: 'grace', seat: 1, text: 'hello' } })
    expect(await screen.type('')).not.toContain('hello')
  })
})

describe('watching', () => {
  test('shows the players, and the board at each move', async () => {
    const screen = new Spectacle()
    expect(await screen.begin({ now: { n: 1, sight: board('---------') } })).toBe(
      lines('', 'Table 12: you watch tictactoe, grace (O) against alan (X).', '', ...drawn('---------'), '', 'grace is to move.'),
    )
    expect(await screen.happen([moved(0), board('----O----')])).toBe(
      lines('', ...drawn('----O----'), '', 'grace has moved. alan is to move.'),
    )
  })

  test('ends with a seat of the user’s own', async () => {
    const screen = await watched()
    await screen.type('play tictactoe')
    screen.lobby.calls.length = 0
    await screen.lobby.seat({
      table: 13,
      game: rules('tictactoe'),
      seat: 0,
      names: ['ada', 'grace'],
      ...TERMS,
      now: { n: 1, sight: board('---------', 0) },
    })
    expect(await screen.type('')).toContain('Table 13: you are O and begin; grace is X.')
    expect(screen.lobby.calls).toEqual([['leave', 12]])
  })
})

test('a challenge is shown above a board that changes in the same turn, so that the question is last', async () => {
  const screen = await begun(1)
  const happens = screen.happen([moved(0), board('O--------', 1)])
  screen.lobby.call({ name: 'bob', game: 'tictactoe', settings: {}, rated: false })
  expect(await happens).toBe(
    lines(
      '',
      'bob would like to play tictactoe with you: type "accept bob" or "refuse bob".',
      '',
      ...drawn('O--------'),
      '',
      'grace has moved. Your move: the number of a free cell.',
    ),
  )
})

describe('text of other users', () => {
  test('never controls a terminal, imitates a line of the server, or is wider than the terminal', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', maxLength: 400 }),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
        async (text, name) => {
          const screen = await begun(0)
          const received = await screen.happen([{ type: 'said', name, text: `hello\r\nYou win!\n${text}` }])
          expect(received).not.toMatch(/^You win!/m)
          expect(received).toMatch(/^\n/)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('begins on a line of its own while the user types', async () => {
    const screen = await begun(0)
    expect(await screen.happen([{ type: 'said', name: 'grace', seat: 1, text: 'hurry' }])).toBe(lines('', 'grace says: hurry'))
  })
})
