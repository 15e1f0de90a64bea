import type { Cause } from '../src/lab/check/report.ts'
import type { Side } from '../src/protocol/message-spec.ts'

/** FoundQuirk is a check that finds a quirk in a worksheet's program. `test/originals/check.test.ts` compares it with real runs. */
export interface FoundQuirk {
  /** Name of the program of Parlor that uses the same protocol. */
  readonly program: string
  readonly side: Side
  /** Name of the worksheet's program, as in `test/originals/suite.ts`. */
  readonly original: string
  readonly check: string
  readonly cause: Cause
}

/** Quirk is a weakness of the worksheets' programs, which `parlor check` finds at the level `robust`. */
export interface Quirk {
  readonly name: string
  /** The behavior of the program, as a sentence. */
  readonly what: string
  readonly found: readonly FoundQuirk[]
  /** Parts of the quirk that no peer can see, and the reason. */
  readonly unseen?: string
}

function found(program: string, side: Side, original: string, check: string, cause: Cause): FoundQuirk {
  return { program, side, original, check, cause }
}

/** The quirks of the worksheets' programs: the first program of each list shows the quirk best. */
export const QUIRKS: readonly Quirk[] = [
  {
    name: 'lines that arrive together are lost',
    what: 'The client treats all lines of one read as one line, does not recognize that line, and drops it.',
    found: [
      found('c8/highlow', 'client', 'd001_a5_highlow_client', 'glued', 'glued-read'),
      found('c8/highlow', 'client', 'd001_a5_highlow_client', 'sent-ahead', 'glued-read'),
    ],
  },
  {
    name: 'prompt and answer together',
    what: 'The client treats one read as the prompt, and all bytes up to the next line end as the answer.',
    found: [found('c8/headtail', 'client', 'd001_p5_headtail_client', 'glued', 'glued-read')],
    unseen:
      'If the prompt arrives in pieces, the client shows the first piece as the prompt. It sends its guess late or early, and both times are legal.',
  },
  {
    name: 'the last character counts',
    what: 'The server looks at one character of the bytes that it has read: if one read contains two lines, the server judges the second line, and an empty line ends the server.',
    found: [
      found('c8/headtail', 'server', 'd001_p5_headtail_server', 'sent-ahead', 'glued-read'),
      found('c8/headtail', 'server', 'd001_p5_headtail_server', 'empty-message', 'crashed'),
      found('c8/headtail', 'server', 'd001_p5_headtail_server', 'invalid-utf8', 'crashed'),
    ],
    unseen: 'By the rules of the worksheet, `XH` means `H`; `HEAD` and `H` with CR LF do not mean `H`. So the judge accepts these answers.',
  },
  {
    name: 'reads forever after the end',
    what: 'The program reads until there is a line end. After the end of the connection, each read returns immediately, without bytes.',
    found: [
      found('tjc/hello', 'client', 'd000_basic_client_protocol', 'gone-by-fin', 'spins-after-close'),
      found('tjc/chat', 'server', 'd000_chat_server', 'gone-by-fin', 'spins-after-close'),
      found('tjc/chat', 'client', 'd000_chat_client', 'gone-by-fin', 'spins-after-close'),
      found('c8/chat', 'server', 'd001_p4_chat_server', 'gone-by-fin', 'spins-after-close'),
      found('c8/chat', 'client', 'd001_p4_chat_client', 'gone-by-fin', 'spins-after-close'),
      found('tjc/tictactoe', 'server', 'd000_game_server', 'gone-by-fin', 'spins-after-close'),
      found('tjc/tictactoe', 'client', 'd000_game_client', 'gone-by-fin', 'spins-after-close'),
      found('tjc/guess', 'client', 'd000_guess_client', 'gone-by-fin', 'spins-after-close'),
      found('c8/hello', 'client', 'd001_p2_client_protocol', 'gone-by-fin', 'spins-after-close'),
      found('c8/headtail', 'server', 'd001_p5_headtail_server', 'gone-by-fin', 'spins-after-close'),
      found('c8/headtail', 'client', 'd001_p5_headtail_client', 'gone-by-fin', 'spins-after-close'),
      found('c8/highlow', 'client', 'd001_a5_highlow_client', 'gone-by-fin', 'spins-after-close'),
    ],
  },
  {
    name: 'no framing',
    what: 'The protocol has no message end, so one read is one message: an answer in pieces is several answers, and a message that is not a number ends the server.',
    found: [
      found('book/guess', 'client', 'd004_guess_client', 'byte-by-byte', 'partial-read'),
      found('book/guess', 'client', 'd004_guess_client_noabstractions', 'byte-by-byte', 'partial-read'),
      found('book/guess', 'server', 'd004_guess_server', 'illegal-message', 'crashed'),
    ],
    unseen:
      'A guess has no end, so every server reads a guess in pieces as several guesses, and `byte-by-byte` does not judge servers of this protocol. Two guesses in one piece are one guess in this protocol, so a peer that sends them together is wrong itself.',
  },
  {
    name: 'treats any line as a move',
    what: 'The program treats an unknown line as a move, and moves again; it accepts a cell that is taken; two lines in one read, or a move without a number, end the program.',
    found: [
      found('tjc/tictactoe', 'server', 'd000_game_server', 'illegal-message', 'out-of-turn'),
      found('tjc/tictactoe', 'client', 'd000_game_client', 'illegal-message', 'out-of-turn'),
      found('tjc/tictactoe', 'client', 'd000_game_client', 'empty-message', 'out-of-turn'),
      found('tjc/tictactoe', 'server', 'd000_game_server', 'garbled-field', 'crashed'),
      found('tjc/tictactoe', 'client', 'd000_game_client', 'sent-ahead', 'glued-read'),
      found('tjc/tictactoe', 'server', 'd000_game_server', 'illegal-move', 'wrong-rules'),
      found('tjc/tictactoe', 'client', 'd000_game_client', 'illegal-move', 'wrong-rules'),
    ],
  },
  {
    name: 'one read is one message',
    what: 'The program reads once, shows the bytes of that read, and closes.',
    found: [
      found('tjc/hello', 'client', 'd000_basic_client', 'byte-by-byte', 'partial-read'),
      found('c8/hello-slides', 'client', 'd001_slides_client', 'byte-by-byte', 'partial-read'),
      found('c8/hello', 'client', 'd001_p1_client', 'byte-by-byte', 'partial-read'),
      found('c8/hello', 'client', 'd001_p2_client_noprotocol', 'byte-by-byte', 'partial-read'),
      found('tjc/practice', 'server', 'd000_practice_server', 'byte-by-byte', 'partial-read'),
      found('fh/hello', 'server', 'd003_hello_server', 'byte-by-byte', 'partial-read'),
      found('fh/hello', 'client', 'd003_hello_client', 'byte-by-byte', 'partial-read'),
      found('fh/http', 'client', 'd003_http_client', 'byte-by-byte', 'partial-read'),
    ],
  },
  {
    name: 'one client',
    what: 'The server serves one client; the system accepts the connection of a second client, which waits forever.',
    found: [
      found('tjc/chat', 'server', 'd000_chat_server', 'two-clients-at-once', 'hangs'),
      found('tjc/tictactoe', 'server', 'd000_game_server', 'two-clients-at-once', 'hangs'),
      found('c8/headtail', 'server', 'd001_p5_headtail_server', 'two-clients-at-once', 'hangs'),
      found('fh/time', 'server', 'd003_strftime_server', 'two-clients-at-once', 'hangs'),
      found('book/guess', 'server', 'd004_guess_server', 'two-clients-at-once', 'hangs'),
    ],
  },
  {
    name: 'no SO_REUSEADDR',
    what: 'A server that has closed first cannot be started again for a minute.',
    found: [
      found('tjc/hello', 'server', 'd000_basic_server', 'restart-on-the-same-port', 'address-in-use'),
      found('c8/hello', 'server', 'd001_p1_server', 'restart-on-the-same-port', 'address-in-use'),
      found('c8/headtail', 'server', 'd001_p5_headtail_server', 'restart-on-the-same-port', 'address-in-use'),
    ],
    unseen: 'A server whose client has closed first starts again, because the system reserves the port at the client.',
  },
  {
    name: 'empty answers and broken characters',
    what: 'An answer without a byte never arrives; bytes that are not UTF-8, or half a character, end the server.',
    found: [
      found('fh/time', 'server', 'd003_strftime_server', 'invalid-utf8', 'crashed'),
      found('fh/time', 'server', 'd003_strftime_server', 'cut-inside-a-character', 'partial-read'),
      found('fh/time', 'client', 'ref_d003_strftime_client', 'gone-by-silence', 'hangs'),
    ],
    unseen:
      'The client cannot distinguish an empty answer of the server from a late answer, so the check finds the fault in the client, which waits forever. The server answers formats that arrive in one piece with one answer, because the protocol has no framing.',
  },
  {
    name: 'two lines in one turn',
    what: 'The program shows two lines that arrive together as one message; bytes that are not UTF-8 end the program.',
    found: [
      found('tjc/chat', 'server', 'd000_chat_server', 'sent-ahead', 'glued-read'),
      found('tjc/chat', 'client', 'd000_chat_client', 'sent-ahead', 'glued-read'),
      found('c8/chat', 'server', 'd001_p4_chat_server', 'sent-ahead', 'glued-read'),
      found('tjc/chat', 'client', 'd000_chat_client', 'invalid-utf8', 'crashed'),
    ],
  },
  {
    name: 'exact words',
    what: 'The client ignores a word that ends in CR LF, and both sides wait.',
    found: [found('tjc/guess', 'client', 'd000_guess_client', 'crlf-lines', 'crlf')],
    unseen: 'A client that ignores an unknown word of its server is right to wait for the next word.',
  },
  {
    name: 'int() of any text',
    what: 'The program converts the received text to a number, and does not handle the error.',
    found: [
      found('tjc/tictactoe', 'client', 'd000_game_client', 'garbled-field', 'crashed'),
      found('book/guess', 'server', 'd004_guess_server', 'garbled-field', 'crashed'),
    ],
    unseen: 'A line that a person types is not a message, so the judge types numbers at the prompts for numbers.',
  },
  {
    name: 'a client that resets early',
    what: 'If a client disconnects before an iterative server accepts it, the server ends.',
    found: [
      found('tjc/iterative', 'server', 'd000_basic_server_iterative', 'gone-before-served', 'crashed'),
      found('c8/iterative', 'server', 'd001_p3_iterative_server', 'gone-before-served', 'crashed'),
    ],
  },
]
