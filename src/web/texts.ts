import { formatCount } from '../base/counts.ts'

/*
 * All texts of the page that people read, except sentences of the server and names of games. Plain and short; a refusal says what was
 * wrong, what was expected and what to do.
 */

/** Formats a span in milliseconds as a clock: "4:31", "0:09"; hours as "1:04:31". */
export function formatClock(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const two = (part: number) => String(part).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

/** Formats the terms of a game: "4 × 4, 5 min, rated". */
export function formatTerms(terms: {
  readonly settings: Readonly<Record<string, number>>
  readonly rated: boolean
  readonly clock?: { readonly total?: number | undefined; readonly turn?: number | undefined } | undefined
}): string {
  const { settings, rated, clock } = terms
  const own = Object.entries(settings).map(([name, value]) => (name === 'size' ? `${value} × ${value}` : `${name} ${value}`))
  const total = clock?.total === undefined ? [] : [formatSpan(clock.total)]
  const turn = clock?.turn === undefined ? [] : [`${formatSpan(clock.turn)} a turn`]
  return [...own, ...total, ...turn, ...(rated ? ['rated'] : [])].join(', ')
}

function formatSpan(ms: number): string {
  return ms % 60_000 === 0 ? `${ms / 60_000} min` : `${Math.round(ms / 1000)} s`
}

export const texts = {
  title: 'Parlor',
  skip: 'Skip to content',
  link: { connecting: 'connecting', open: 'connected', lost: 'offline', stopped: 'stopped', outdated: 'old page' },
  theme: (theme: string) => `Theme: ${theme}. Change`,
  logIn: 'Log in',
  logOut: 'Log out',
  close: 'Close',
  lost: 'Connection lost.',
  lostSeat: 'Your seat is reserved.',
  stopped: (reason: string) => `The server ended the connection: ${reason}.`,
  tryingNow: 'Trying now.',
  tryingIn: (seconds: number) => `Trying again in ${seconds} s.`,
  tryNow: 'Try now',
  back: 'Connected again.',
  outdated: 'A new version is here.',
  reload: 'Reload',
  skipped: (events: number) => `Back after ${formatCount(events, 'event')}, which are not shown.`,
  declines: (name: string) => `${name} declines.`,

  playAgainst: 'Play against',
  against: { anyone: 'anyone', house: 'the house', friend: 'a friend' },
  opponent: 'Opponent',
  settings: 'Settings',
  settingOf: (game: string, about: string) => `${game}: ${about}`,
  rated: 'Rated: the result counts on the ladder',
  ratedHint: 'Both players need a registered name.',
  clockLabel: 'Clock',
  clocks: { none: 'no clock', five: '5 min', ten: '10 min', turn: '30 s a turn' },
  waiting: (number: number) => `${number} waiting`,
  seeking: (game: string) => `Waiting for an opponent at ${game}.`,
  asked: (name: string, game: string) => `Waiting for the answer of ${name}: ${game}.`,
  friendWaits: (game: string) => `Send this link to a friend. It opens ${game} and works once.`,
  friendLink: 'Link for your friend',
  cancel: 'Cancel',
  copy: 'Copy',
  copied: 'Copied',
  openTables: 'Open tables',
  noOpenTables: 'No open tables',
  openOne: 'Choose a game above to open one. A program can open one too: connect it to the game’s port and its table appears here.',
  firstGame: (game: string) => `Play ${game} against the house`,
  free: 'free',
  sit: 'Sit',
  inPlay: 'In play',
  noPlay: 'No game in play.',
  watch: 'Watch',
  atTable: (table: number) => `at table ${table}`,
  table: (table: number) => `table ${table}`,
  yourGames: 'Your games',
  goOn: 'Go on',
  challengesYou: 'challenges you',
  accept: 'Accept',
  decline: 'Decline',
  hereNow: 'Here now',
  you: 'you',
  noUsers: 'You are the first.',
  house: 'the house',
  houseFree: 'always free',
  challengeWord: 'Challenge',
  tell: 'Write',
  messages: 'Messages',
  noMessages: 'Choose a user above to write to.',
  to: 'to',
  more: 'more',
  less: 'less',
  messageTo: (name: string) => `Message to ${name}`,
  send: 'Send',
  byProgram: 'Join with a program',
  byProgramHint: 'Any client of a classic program takes a seat at these tables.',

  backToLobby: 'Back to the lobby',
  watchers: 'watchers',
  board: 'Board',
  moves: 'Moves',
  noMoves: 'No move yet.',
  movesBefore: 'Moves before you came are not listed.',
  talk: 'Talk',
  noTalk: 'No message yet.',
  say: 'Say',
  saySomething: 'Say something',
  sayHere: 'Say at this table',
  watching: 'Watching',
  share: 'Share',
  shareLink: 'Link to this table',
  shareHint: 'Anyone with the link can watch. From a terminal:',
  yourTurn: 'Your turn.',
  turnOf: (name: string) => `${name}’s turn.`,
  waitsForAll: 'Both choose.',
  took: (name: string, cell: string) => `${name} took cell ${cell}.`,
  sent: (move: string) => `${move} is sent, not confirmed.`,
  sentCell: (cell: string) => `Cell ${cell} is sent, not confirmed.`,
  clock: 'clock, ',
  clockRuns: 'clock runs, ',
  secondsLeft: (seconds: number) => `${seconds} seconds left.`,
  connectionClosed: (since: string) => `connection closed for ${since}`,
  claim: 'Claim the win',
  abort: 'End without result',
  draw: 'Draw',
  acceptDraw: 'Accept the draw',
  drawOffered: 'Draw offered',
  offersDraw: (name: string) => `${name} offers a draw.`,
  resign: 'Resign',
  giveUp: 'Give up',
  sure: (act: string) => `${act}?`,
  yes: 'Yes',
  no: 'No',
  rematch: 'Rematch',
  acceptRematch: 'Accept rematch',
  rematchOffered: 'Rematch offered',
  offersRematch: (name: string) => `${name} wants a rematch.`,
  again: 'Play again',
  toLobby: 'Lobby',
  leaveTable: 'Stop watching',
  youWin: 'You win.',
  youLose: 'You lose.',
  drawn: 'A draw.',
  wins: (name: string) => `${name} wins.`,
  over: 'The game is over.',
  resigned: (name: string) => `${name} resigned.`,
  late: (name: string) => `${name} ran out of time.`,
  agreed: 'Both agreed.',
  gone: (name: string) => `${name} left.`,
  aborted: 'Ended without a result.',
  rating: (before: number | undefined, after: number) =>
    before === undefined ? `Rating ${Math.round(after)}.` : `Rating ${Math.round(before)} → ${Math.round(after)}.`,
  noTable: (table: number) => `No table ${table}`,
  noTableWhy: 'There is no such table, its game is over, or it is private and you have no seat.',
  loadingTable: (table: number) => `Table ${table}`,

  cell: (row: number, column: number, what: string, number: number) => `Row ${row}, column ${column}, ${what}. Cell ${number}`,
  cellNumber: (cell: number) => `cell ${cell}`,
  empty: 'empty',
  lastMove: (mark: string) => `${mark}, last move`,
  boardOf: (size: number) => `Board, ${size} by ${size}`,
  line: (cells: readonly number[]) => `${cells.length} in a row: ${cells.join(', ')}.`,

  tooLow: (guess: string) => `${guess} is too low.`,
  tooHigh: (guess: string) => `${guess} is too high.`,
  right: (guess: string) => `${guess} is right.`,
  range: (low: number, high: number) => (low === high ? `${low} is left.` : `${low} to ${high} are left.`),
  band: (low: number, high: number) => (low === high ? `${low}` : `${low} to ${high}`),
  tries: (number: number) => formatCount(number, 'try', 'tries'),
  triesLeft: 'tries left',
  triesTitle: 'Tries',
  verdicts: { low: 'too low', high: 'too high', right: 'right', wasted: 'no number' },
  numberWas: (number: number) => `The number was ${number}.`,
  numberLine: (about: string) => `Number line from 1 to 100. ${about}`,
  yourGuess: (low: number, high: number) => `Your guess, ${low} to ${high}`,
  guess: (number: string) => `Guess ${number}`,
  oneLess: 'One less',
  oneMore: 'One more',
  unknownGuess: 'a number',

  faces: { H: 'Head', T: 'Tail' },
  coinShows: (face: string) => `The coin shows ${face.toLowerCase()}`,
  coinWaits: 'Call the coin: head or tail.',
  coinRight: 'You were right.',
  coinWrong: 'You were wrong.',
  rightOf: (right: number, all: number) => `${right} of ${all}.`,
  rightOfAll: (all: number) => `right of ${all}`,
  tosses: 'Tosses',
  tossesAbout: (all: number, right: number) => `${formatCount(all, 'toss', 'tosses')}, ${right} called right`,
  tossesHint: (all: number) => `Solid: you called it. Dashed: you did not. Chance alone gives ${all / 2} of ${all}.`,

  hands: { Scissor: 'Scissor', Paper: 'Paper', Stone: 'Stone' },
  beats: { Scissor: 'cuts', Paper: 'wraps', Stone: 'breaks' },
  equal: 'equals',
  fromRight: (verb: string) => `← ${verb}`,
  versus: 'against',
  yourHand: 'Your hand',
  choose: (round: number) => `Round ${round}: choose.`,
  press123: 'Press 1, 2 or 3.',
  youChose: (hand: string) => `You chose ${hand.toLowerCase()}.`,
  shownWhen: (name: string) => `Both hands are shown when ${name} has chosen.`,
  sealed: 'Sealed',
  chosen: 'has chosen',
  choosing: 'is choosing',
  onlyYou: 'only you see this',
  winsRound: (name: string) => `${name} wins the round`,
  rounds: 'Rounds',
  ofRounds: (number: number) => `${number} of 3`,
  roundResult: (winner: string, verb: string, loser: string) => `${winner} ${verb} ${loser.toLowerCase()}.`,
  roundDrawn: 'Both chose the same.',
  roundsWon: 'won',

  yourMove: 'Your move',
  play: 'Play',
  legalMoves: 'Legal moves',
  boardLoading: 'Drawing the board.',

  keysTitle: 'Keys',
  keys: {
    lobby: [
      ['arrows', 'from game to game'],
      ['Enter', 'play'],
      ['1 2 3', 'against anyone, the house, a friend'],
    ],
    table: [
      ['b', 'to the board'],
      ['/', 'to the talk'],
      ['Esc', 'leave a field'],
      ['Enter', 'another game, when this one is over'],
    ],
    tictactoe: [
      ['arrows Home End', 'from cell to cell'],
      ['Enter', 'play this cell'],
      ['1 … 9', 'play a cell, on 3 × 3'],
    ],
    hands: [['1 2 3', 'scissor, paper, stone']],
    guessing: [
      ['0 … 9', 'type a number'],
      ['↑ ↓', 'one more, one less'],
      ['PageUp PageDown', 'ten more, ten less'],
      ['Enter', 'guess'],
    ],
    coin: [['h t', 'head, tail']],
    hangman: [['a … z', 'a letter']],
    quiz: [['a … d', 'an answer']],
  } as Readonly<Record<string, readonly (readonly [keys: string, what: string])[]>>,

  nameTitle: 'Your name',
  nameHint: 'Other users see it. A guest needs no password.',
  name: 'Name',
  password: 'Password',
  newPasswordHint: 'At least 8 characters.',
  asGuest: 'Continue as a guest',
  registerTitle: 'Register a name',
  register: 'Register',
  haveName: 'I have a registered name',
  takeProposal: (name: string) => `Take ${name}`,
  loginFailed: 'Name or password is wrong.',
  loginUnreachable: 'The server does not answer. Try again in a moment.',
} as const

/** The pictures' captions: what each shipped game is, in one sentence; other games have the title that the server sends. */
export const gameTexts: Readonly<Record<string, { readonly name: string; readonly about: string }>> = {
  tictactoe: { name: 'tic-tac-toe', about: 'Three in a row. Boards to 20 × 20.' },
  hands: { name: 'scissor, paper, stone', about: 'Both choose, then both show.' },
  hangman: { name: 'hangman', about: 'Find the word before you hang.' },
  quiz: { name: 'quiz', about: 'Networks, sockets, text.' },
  guessing: { name: 'guess a number', about: 'From 1 to 100, few tries.' },
  coin: { name: 'head or tail', about: 'Call the coin.' },
  robot: { name: 'robot', about: 'Steer it over the grid.' },
  talk: { name: 'talk in turn', about: 'You say a line, then they do.' },
}

/** Words of moves that the page offers as buttons in games whose moves do not follow from the board. */
export const quickMoves: Readonly<Record<string, readonly string[]>> = {
  hangman: [...'abcdefghijklmnopqrstuvwxyz'],
  quiz: ['a', 'b', 'c', 'd'],
  robot: ['left', 'forward', 'right'],
}
