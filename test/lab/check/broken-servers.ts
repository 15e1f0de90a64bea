import type { BrokenHandIn } from './hand-ins.ts'

const PLAYS = 'plays-to-the-end'
const LINES = 'every-line'

/** A file in `students/broken`, with the program whose protocol it speaks. */
const server = (file: string, program = 'guess') => ({ file: `broken/${file}`, program, role: 'server' }) as const

/** Broken servers whose mistake shows in one branch only: at an unusual line, at one end of the game, or at a wrong message. */
export const BROKEN_SERVERS: readonly BrokenHandIn[] = [
  {
    ...server('hangs-no-prompt-again.py', 'headtail'),
    mistake: 'asks again without its prompt',
    check: LINES,
    cause: 'hangs',
    says: /the last message of the client was "X", and the server answered "Please enter/,
  },
  {
    ...server('hangs-quiz-rank.py', 'quiz'),
    mistake: 'ends a quiz without a rank',
    check: PLAYS,
    cause: 'hangs',
    says: /expected something like "RANK 2 17" \(the client sent "NAME ada", "START \d"/,
  },
  {
    ...server('stale-buffer-udp.c', 'time'),
    ...{ args: '{PORT}', datagrams: true },
    mistake: "does not end a format with '\\0'",
    check: LINES,
    cause: 'stale-buffer',
    says: /the right answer is "7w": the end of it is from an earlier, longer message/,
  },
  {
    ...server('stale-buffer-chat.c', 'chat'),
    args: '{PORT}',
    mistake: "does not end a line with '\\0'",
    check: LINES,
    cause: 'stale-buffer',
    says: /printed the end of the long text again/,
  },
  {
    ...server('crashed-thread.py'),
    mistake: 'loses a thread by a text that is not a number',
    check: 'garbled-field',
    cause: 'crashed',
    says: /the part of the server that serves this client .*ValueError/,
  },
  {
    ...server('hangs-silent-at-text.py', 'book/guess'),
    mistake: 'does not answer a text that is not a number',
    check: 'garbled-field',
    cause: 'hangs',
    says: /the other side sent "~" in the state guessing: the server has not answered it within 4 s: expected "Too small!"/,
  },
  {
    ...server('crashed-exit.c'),
    args: '{PORT}',
    mistake: 'ends for all clients if one client sends no number',
    check: 'garbled-field',
    cause: 'crashed',
    says: /serves further clients after a good conversation/,
  },
  {
    ...server('never-closes-game-over.js', 'highlow'),
    mistake: 'closes the connection of a winner only',
    check: LINES,
    cause: 'never-closes',
    says: /after "GAMEOVER"/,
  },
  {
    ...server('never-closes-fork.c'),
    args: '{PORT}',
    mistake: 'leaves the socket open in the parent',
    check: PLAYS,
    cause: 'never-closes',
    says: /it has forked, and the first process still has the socket/,
  },
  {
    ...server('glued-read-robot.c', 'robot'),
    args: '{PORT}',
    mistake: 'takes one recv for one command',
    check: 'glued',
    cause: 'glued-read',
    says: /does not print "command \d: [A-Z]+", which it prints if nothing disturbs the network/,
  },
  {
    ...server('wrong-rules-columns-server.py', 'tictactoe'),
    mistake: 'does not know the columns',
    check: 'every-outcome',
    cause: 'wrong-rules',
    says: /the game is over .*\((the client wins|the server wins)\)|the game is over \((the client wins|the server wins)\)/,
  },
  {
    ...server('out-of-turn-after-win.py'),
    mistake: 'says GAMEOVER to a winner, too',
    check: 'every-outcome',
    cause: 'out-of-turn',
    says: /sent "GAMEOVER" although the conversation was over after "WIN"/,
  },
  {
    ...server('never-closes-waits.py'),
    mistake: 'reads on after the end of the game',
    check: 'closes-in-order',
    cause: 'never-closes',
    says: /waits for the client to close the connection/,
  },
  {
    ...server('wrong-rules-shared-letters.py', 'hangman'),
    mistake: 'keeps the letters of all players together',
    check: 'next-client',
    cause: 'wrong-rules',
    says: /the next client sent "[a-z]": the server refused it .* global variable/,
  },
  {
    ...server('wrong-rules-second-game.py', 'hangman'),
    mistake: 'keeps the letters of all games of one player',
    check: 'every-outcome',
    cause: 'wrong-rules',
    says: /the server refused "[a-z]" with "ERROR .*", although .*: does the server reset its data for each game of a client\?/,
  },
  {
    ...server('wrong-rules-left-tries.js'),
    mistake: 'resets the tries of all clients at the end of a game only',
    check: 'next-client',
    cause: 'wrong-rules',
    says: /^clients left in the middle of their games, and then the next client came: .* global variable/,
  },
  {
    ...server('wrong-rules-draw.py', 'scissors'),
    args: '{HOST} {PORT}',
    mistake: 'counts a draw for Player2',
    check: 'next-client',
    cause: 'wrong-rules',
    // the game with the first client has no draw by chance
    says: /^the server sent "END \d \d", but by the rounds that were played it is \d to \d/,
  },
  {
    ...server('wrong-rules-fixed-format.py', 'time'),
    mistake: 'knows one format',
    check: LINES,
    cause: 'wrong-rules',
    says: /the right answer is "7w"|the right answer is "abc/,
  },
  {
    ...server('hangs-long-format.py', 'time'),
    mistake: 'ignores a long format',
    check: LINES,
    cause: 'hangs',
    says: /the client sent a text of 255 bytes: the server has not answered it/,
  },
  {
    ...server('partial-read-long-format.c', 'time'),
    ...{ args: '{PORT}', datagrams: true },
    mistake: 'receives at most 100 bytes of a format',
    check: LINES,
    cause: 'partial-read',
    says: /a text of 127 bytes, and the server answered the first 100 bytes of it only/,
  },
  {
    ...server('partial-read-empty-line.js', 'http'),
    args: '{PORT}',
    mistake: 'looks for the empty line in the last chunk only',
    check: 'byte-by-byte',
    cause: 'partial-read',
    // the advice of another cause, to flush a buffer, is absent
    says: /^the server sent "HTTP\/1\.1 200 OK[^"]*" only when the connection ended \(.*\); this happens only if a message arrives in pieces/,
  },
  {
    ...server('spelling-bare-lines.py', 'http'),
    args: '{PORT}',
    mistake: 'ends the lines of its head with LF only',
    check: PLAYS,
    cause: 'spelling',
    says: /the lines of its head end in \\n; HTTP has \\r\\n/,
  },
  {
    ...server('wrong-rules-three-tries.js'),
    mistake: 'counts from three',
    check: PLAYS,
    cause: 'wrong-rules',
    says: /there are 5 tries, and the client has used 3/,
  },
]
