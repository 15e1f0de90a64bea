import type { ToClient, ToServer } from './messages.ts'

const board = { cells: 'O---X----', size: 3, turn: 0, last: 5 }
const sight = { view: board, turn: true, toMove: [0], left: [291_500, 288_000] }
const names = ['ada', 'grace']
const terms = { settings: {}, rated: false, clock: { total: 300_000 } }
const seat = { table: 17, game: 'tictactoe', seat: 0, names, ...terms, token: '7HZK2M9QXR4T8VB1C3D5F6G0JN' }

/** An example of every message from the client. */
export const toServer: { readonly [Type in ToServer['type']]: Extract<ToServer, { type: Type }> } = {
  enter: { type: 'enter', id: 1, name: 'ada' },
  register: { type: 'register', id: 1, name: 'ada', password: 'engine-1843' },
  password: { type: 'password', id: 2, old: 'engine-1843', password: 'looms and numbers' },
  unregister: { type: 'unregister', id: 2, password: 'looms and numbers' },
  session: { type: 'session', id: 2 },
  return: { type: 'return', id: 2, session: '0Q5XJ8K3T7ZC9WD2R6NB4HVGMF' },
  logout: { type: 'logout', id: 2, session: '0Q5XJ8K3T7ZC9WD2R6NB4HVGMF' },
  games: { type: 'games', id: 3 },
  lobby: { type: 'lobby', id: 4, from: 0 },
  ladder: { type: 'ladder', id: 5, game: 'tictactoe', limit: 3 },
  history: { type: 'history', id: 5, name: 'grace', limit: 20 },
  seek: { type: 'seek', id: 6, game: 'tictactoe', settings: { size: 3 }, clock: { total: 300_000 }, wait: 10_000 },
  cancel: { type: 'cancel', id: 7 },
  join: { type: 'join', id: 8, code: 'amber-otter-seven' },
  accept: { type: 'accept', id: 8, name: 'grace' },
  refuse: { type: 'refuse', id: 8, name: 'grace' },
  watch: { type: 'watch', id: 9, table: 17 },
  leave: { type: 'leave', id: 10, table: 17 },
  resume: { type: 'resume', id: 11, token: seat.token, after: 2 },
  play: { type: 'play', id: 12, table: 17, move: '1', after: 3 },
  say: { type: 'say', id: 13, table: 17, text: 'good luck' },
  tell: { type: 'tell', id: 13, name: 'grace', text: 'another game?' },
  mute: { type: 'mute', id: 13, name: 'eve' },
  unmute: { type: 'unmute', id: 13, name: 'eve' },
  watchers: { type: 'watchers', id: 13, table: 17 },
  offer: { type: 'offer', id: 14, table: 17 },
  decline: { type: 'decline', id: 15, table: 17 },
  resign: { type: 'resign', id: 16, table: 17 },
  claim: { type: 'claim', id: 16, table: 17 },
  abort: { type: 'abort', id: 16, table: 17 },
  ping: { type: 'ping', id: 17 },
  quit: { type: 'quit', id: 18 },
}

/** An example of every message from the server. */
export const toClient: { readonly [Type in ToClient['type']]: Extract<ToClient, { type: Type }> } = {
  hello: { type: 'hello', version: 1, software: 'parlor' },
  ok: { type: 'ok', id: 12 },
  error: { type: 'error', id: 12, code: 'illegal-move', message: 'cell 5 is taken by X' },
  entered: { type: 'entered', id: 1, name: 'ada', registered: false, tables: [], secret: '5M1PZ8E0GQ7YV3KXT4C9RJ2WHB' },
  session: { type: 'session', id: 2, session: '0Q5XJ8K3T7ZC9WD2R6NB4HVGMF', until: 1_711_804_800_000 },
  games: {
    type: 'games',
    id: 3,
    games: [
      {
        game: 'tictactoe',
        title: 'tic-tac-toe: three in a row win, or as many as a row has',
        rules: 'tictactoe',
        seats: { min: 2, max: 2 },
        moves: 'the number of a free cell',
        settings: { size: { min: 2, max: 20, usual: 3, about: 'cells in a row' } },
      },
    ],
  },
  lobby: {
    type: 'lobby',
    id: 4,
    people: [{ name: 'ada', registered: false, tables: [17] }],
    seekers: [{ name: 'alan', game: 'scissors', settings: {}, rated: false, clock: { turn: 30_000 } }],
    tables: [{ table: 17, game: 'tictactoe', names, ...terms, watchers: 1, over: false }],
    total: { people: 1, seekers: 1, tables: 1 },
  },
  ladder: {
    type: 'ladder',
    id: 5,
    game: 'tictactoe',
    best: [{ rank: 1, name: 'grace', score: 1662.3, games: 12 }],
    own: { rank: 4, name: 'ada', score: 1500, games: 3, of: 9 },
  },
  history: {
    type: 'history',
    id: 5,
    name: 'grace',
    games: [{ table: 12, game: 'tictactoe', names, seat: 1, outcome: { winners: [1] }, rated: true, at: 1_709_212_800_000 }],
    total: 1,
  },
  sought: { type: 'sought', name: 'grace', game: 'tictactoe', settings: { size: 4 }, rated: false },
  withdrawn: { type: 'withdrawn', name: 'grace', game: 'tictactoe', settings: { size: 4 }, rated: false },
  refused: { type: 'refused', name: 'ada', game: 'tictactoe', settings: { size: 4 }, rated: false },
  told: { type: 'told', name: 'ada', text: 'another game?' },
  watchers: { type: 'watchers', id: 13, table: 17, names: ['alan'], total: 1 },
  seated: { type: 'seated', ...seat },
  watching: { type: 'watching', id: 9, table: 17, game: 'tictactoe', names, ...terms, n: 3, sight: { ...sight, turn: false }, offers: [1] },
  event: { type: 'event', table: 17, n: 3, at: 1_709_212_800_000, what: { type: 'moved', seat: 1 }, sight },
  resync: { type: 'resync', id: 11, ...seat, n: 412, sight },
  recorded: {
    type: 'recorded',
    table: 17,
    game: 'tictactoe',
    changes: [
      { name: 'ada', before: 1500, after: 1580.5 },
      { name: 'alan', after: 1400 },
    ],
  },
  finished: {
    type: 'finished',
    ...{
      table: 17,
      game: 'tictactoe',
      names,
      seat: 0,
      outcome: { winners: [0], left: 1, resigned: true },
      rated: true,
      at: 1_709_212_800_000,
    },
  },
  closed: { type: 'closed', table: 17, message: 'the server was stopped' },
  pong: { type: 'pong', id: 17 },
  bye: { type: 'bye', message: 'the server was stopped' },
}
