import type { Transport } from './transport.ts'
import { TransportFilter } from './transport-filter.ts'

// these numbers are commands (RFC 854), and the two supported options (RFC 856, 857)
const SE = 240
const IP = 244
const GA = 249
const SB = 250
const WILL = 251
const WONT = 252
const DO = 253
const DONT = 254
const IAC = 255
const BINARY = 0
const ECHO = 1

const NUL = 0
const LF = 10
const CR = 13

/**
 * Maximum number of bytes in a subnegotiation. This side requests no subnegotiation, so a longer byte sequence is not a subnegotiation.
 */
const SUBNEGOTIATION = 1024
/** Maximum number of answers in one connection: enough to refuse every option in both directions. */
const ANSWERS = 1024

/** Called with a request for an option, or with the answer to such a request: WILL, WONT, DO or DONT. */
type Negotiating = (verb: number, option: number) => void

/** State of the parser, which determines the meaning of the next byte. */
type Place = 'text' | 'command' | 'option' | 'subnegotiation' | 'command in subnegotiation'

/**
 * TelnetReader extracts the text from a stream that may contain telnet commands (RFC 854, 855) and that the network may cut anywhere. Until
 * the first IAC, every byte is text. IAC is a byte that never occurs in UTF-8.
 */
class TelnetReader {
  readonly #negotiate: Negotiating
  readonly #onCut: () => void
  readonly #onInterrupt: () => void
  #place: Place = 'text'
  /** The last byte of text. */
  #last = 0
  #verb = 0
  #afterCr = false
  /** Count of the bytes of the current subnegotiation. */
  #skipped = 0
  /** True for a telnet stream, in which CR NUL ends a line like CR LF. */
  active = false

  /**
   * The reader calls `onCut` for a command that negotiates nothing and follows a byte above ASCII, because the peer may have sent this
   * command in place of a byte of a character. At any other place, the reader calls `onInterrupt` for IAC IP (Ctrl-C).
   */
  constructor(negotiate: Negotiating, onCut: () => void, onInterrupt: () => void) {
    this.#negotiate = negotiate
    this.#onCut = onCut
    this.#onInterrupt = onInterrupt
  }

  /** Returns the text in some bytes. */
  read(bytes: Uint8Array): Uint8Array {
    if (!this.active && !bytes.includes(IAC)) {
      this.#last = bytes.at(-1) ?? this.#last
      this.#afterCr = this.#last === CR
      return bytes
    }
    const text = new Uint8Array(bytes.length)
    let length = 0
    for (const byte of bytes) {
      const added = this.#take(byte)
      if (added !== undefined) text[length++] = added
    }
    return text.subarray(0, length)
  }

  /** Handles one byte of the stream. Returns the byte that belongs to the text; `undefined` for a byte of a command. */
  #take(byte: number): number | undefined {
    switch (this.#place) {
      case 'text':
        return this.#text(byte)
      case 'command':
        return this.#command(byte)
      case 'option':
        this.#place = 'text'
        this.#negotiate(this.#verb, byte)
        return undefined
      case 'subnegotiation':
        if (byte === IAC) this.#place = 'command in subnegotiation'
        else this.#skip()
        return undefined
      case 'command in subnegotiation':
        // RFC 855: SE ends a subnegotiation; any other command also ends the subnegotiation, because the SE is then missing
        if (byte !== IAC) return this.#command(byte)
        this.#skip()
        return undefined
    }
  }

  #skip(): void {
    this.#place = ++this.#skipped < SUBNEGOTIATION ? 'subnegotiation' : 'text'
  }

  #text(byte: number): number | undefined {
    if (byte === IAC) {
      this.active = true
      this.#place = 'command'
      return undefined
    }
    const ending = this.active && this.#afterCr && byte === NUL
    this.#last = byte
    this.#afterCr = byte === CR
    return ending ? LF : byte
  }

  #command(byte: number): number | undefined {
    this.#place = 'text'
    if (byte === SB) {
      this.#place = 'subnegotiation'
      this.#skipped = 0
    } else if (byte === WILL || byte === WONT || byte === DO || byte === DONT) {
      this.#place = 'option'
      this.#verb = byte
    } else if (byte === IAC) {
      this.#afterCr = false
      return IAC
    }
    // this byte is not a command: it followed a data mark, and the system has removed the data mark from the stream as urgent data
    else if (byte < SE) return this.#text(byte)
    else if (byte > SE && byte <= GA && this.#last >= 0x80) this.#onCut()
    else if (byte === IP) this.#onInterrupt()
    return undefined
  }
}

/**
 * Telnet is a filter that adds the server's side of telnet to a transport. The filter passes all bytes unchanged until the peer sends a
 * telnet command, or until the caller calls `begin`. From then on, sent lines end in CR LF, and the filter refuses every option except ECHO
 * and BINARY. With ECHO, the filter requests that the peer does not show the user's input. With BINARY, the filter requests unchanged
 * bytes: GNU telnet otherwise sends IAC IP for the byte 0x83 of a character, IAC BRK for 0x9c, and so on. The filter sends no answer to an
 * answer, so negotiation cannot loop.
 */
export class Telnet extends TransportFilter {
  readonly #reader: TelnetReader
  /** State of ECHO on this side (RFC 1143): off, on, or a change to off or on that the peer has not answered yet. */
  #echo: 'off' | 'going on' | 'on' | 'going off' = 'off'
  #hiding = false
  /** State of the request for binary text, which the peer may refuse. */
  #binary: 'unasked' | 'asked' | 'refused' = 'unasked'
  #answers = 0
  /** Called when the peer's user presses Ctrl-C. */
  onInterrupt: (() => void) | undefined

  constructor(inner: Transport) {
    super(inner)
    this.#reader = new TelnetReader(
      (verb, option) => this.#option(verb, option),
      () => this.#askForBinary(),
      () => this.onInterrupt?.(),
    )
  }

  /** True if the peer uses telnet. */
  get active(): boolean {
    return this.#reader.active
  }

  /** True if the peer has sent commands in place of bytes of its text, and this side has requested binary text. */
  get requestedBinary(): boolean {
    return this.#binary === 'asked'
  }

  /** Begins to use telnet. The caller must be certain that the peer uses telnet. */
  begin(): void {
    this.#reader.active = true
  }

  /** Requests that a telnet peer does not show the user's input. Does nothing for a peer that does not use telnet. */
  hide(): void {
    if (!this.active) return
    this.#hiding = true
    this.#settle()
  }

  /** Requests that a telnet peer shows the user's input again. */
  show(): void {
    this.#hiding = false
    this.#settle()
  }

  override write(data: string | Uint8Array): void {
    this.inner.write(this.active ? toTelnet(data) : data)
  }

  override data(bytes: Uint8Array): void {
    const text = this.#reader.read(bytes)
    if (text.length < bytes.length) this.sink?.skipped?.(bytes.length - text.length)
    if (text.length > 0 || bytes.length === 0) this.sink?.data(text)
  }

  #option(verb: number, option: number): void {
    if (option === BINARY && this.#binary === 'asked' && (verb === WILL || verb === WONT)) {
      if (verb === WONT) this.#binary = 'refused'
      return
    }
    if (verb === WILL) this.#answer(Uint8Array.of(IAC, DONT, option))
    if (verb === DO && (option !== ECHO || this.#echo === 'off')) this.#answer(Uint8Array.of(IAC, WONT, option))
    if (option === ECHO && (verb === DO || verb === DONT)) this.#echoAnswered(verb === DO)
  }

  #askForBinary(): void {
    if (this.#binary !== 'unasked') return
    this.#binary = 'asked'
    this.inner.write(Uint8Array.of(IAC, DO, BINARY))
  }

  /** Handles the peer's answer to ECHO, or the peer's request to stop ECHO. */
  #echoAnswered(yes: boolean): void {
    if (this.#echo === 'off') return
    // the peer has refused, so the filter sends no further request until the next `hide`
    if (!yes && this.#echo !== 'going off') this.#hiding = false
    if (!yes && this.#echo === 'on') this.#answer(Uint8Array.of(IAC, WONT, ECHO))
    this.#echo = yes && this.#echo !== 'going off' ? 'on' : 'off'
    this.#settle()
  }

  /** Requests the desired state of ECHO, if no request is pending. */
  #settle(): void {
    if (this.#hiding && this.#echo === 'off') this.#request(WILL, 'going on')
    if (!this.#hiding && this.#echo === 'on') this.#request(WONT, 'going off')
  }

  #request(verb: number, toward: 'going on' | 'going off'): void {
    this.#echo = toward
    this.inner.write(Uint8Array.of(IAC, verb, ECHO))
  }

  #answer(bytes: Uint8Array): void {
    if (this.#answers++ < ANSWERS) this.inner.write(bytes)
  }
}

/** Converts text for a telnet peer: lines end in CR LF, and a single CR becomes CR NUL. Does not change data that are bytes. */
function toTelnet(data: string | Uint8Array): string | Uint8Array {
  return typeof data === 'string' ? data.replace(/\r?\n|\r/g, (end) => (end === '\r' ? '\r\0' : '\r\n')) : data
}
