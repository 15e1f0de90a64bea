import { Layer } from './layer.ts'
import type { Transport } from './transport.ts'

// commands (RFC 854), and the two options that are spoken (RFC 856, 857)
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

/** Bytes that a subnegotiation may have: none is asked for, so what is longer is none. */
const SUBNEGOTIATION = 1024
/** Answers to a peer in one conversation: enough to refuse every option both ways, and then silence. */
const ANSWERS = 1024

/** Told of a request of one option, or of the answer to one: WILL, WONT, DO or DONT. */
type Negotiating = (verb: number, option: number) => void

/** Where in a stream of telnet a byte stands. */
type Place = 'text' | 'command' | 'option' | 'subnegotiation' | 'command in subnegotiation'

/**
 * TelnetReader takes the text out of a stream that may have telnet's commands in it (RFC 854, 855), wherever it is cut.
 * Until the first IAC, which no UTF-8 has, every byte is text as it is.
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
  /** Bytes of the subnegotiation so far. */
  #skipped = 0
  /** Whether the stream is known to be telnet, in which CR NUL ends a line as CR LF does. */
  active = false

  /**
   * `onCut` is called when a command that negotiates nothing stands within or behind a character beyond ASCII, and
   * `onInterrupt` when IAC IP stands elsewhere, which is Ctrl-C.
   */
  constructor(negotiate: Negotiating, onCut: () => void, onInterrupt: () => void) {
    this.#negotiate = negotiate
    this.#onCut = onCut
    this.#onInterrupt = onInterrupt
  }

  /** The text in some bytes. */
  read(bytes: Uint8Array): Uint8Array {
    if (!this.active && !bytes.includes(IAC)) {
      this.#last = bytes.at(-1) ?? this.#last
      this.#afterCr = this.#last === CR
      return bytes
    }
    const text = new Uint8Array(bytes.length)
    let length = 0
    for (const byte of bytes) {
      const kept = this.#take(byte)
      if (kept !== undefined) text[length++] = kept
    }
    return text.subarray(0, length)
  }

  /** What one byte adds to the text. */
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
        // RFC 855: SE ends it; so does any other command, for then SE was lost
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
    // no command: it followed a data mark, which the system takes out of the stream as urgent
    else if (byte < SE) return this.#text(byte)
    else if (byte > SE && byte <= GA && this.#last >= 0x80) this.#onCut()
    else if (byte === IP) this.#onInterrupt()
    return undefined
  }
}

/**
 * Telnet is laid over a transport, on the server's side: transparent for everybody who does not speak it, until the peer
 * sends a command of it or `begin` says so. From then on lines end in CR LF, and every option is refused but ECHO, by
 * which the peer is asked not to show what is typed, and BINARY: the telnet of GNU sends IAC IP for the byte 0x83 of a
 * character, IAC BRK for 0x9c and so on, unless the server has asked for binary text. No answer is ever answered, so nothing
 * can go round in circles.
 */
export class Telnet extends Layer {
  readonly #reader: TelnetReader
  /** Where ECHO stands on our side (RFC 1143): off or on, or on the way there until the peer answers. */
  #echo: 'off' | 'going on' | 'on' | 'going off' = 'off'
  #hiding = false
  /** State of the request for binary text. */
  #binary: 'unasked' | 'asked' | 'refused' = 'unasked'
  #answers = 0
  /** Called when the user of the peer presses Ctrl-C. */
  onInterrupt: (() => void) | undefined

  constructor(inner: Transport) {
    super(inner)
    this.#reader = new TelnetReader(
      (verb, option) => this.#option(verb, option),
      () => this.#askForBinary(),
      () => this.onInterrupt?.(),
    )
  }

  /** Whether telnet is spoken. */
  get active(): boolean {
    return this.#reader.active
  }

  /** True if the peer has put commands in place of bytes of its text, and was asked to send all bytes. */
  get mended(): boolean {
    return this.#binary === 'asked'
  }

  /** Speaks telnet from now on: the peer has said in another way that it does. */
  begin(): void {
    this.#reader.active = true
  }

  /** Asks a telnet peer not to show what is typed; where telnet is not spoken, nothing happens. */
  hide(): void {
    if (!this.active) return
    this.#hiding = true
    this.#settle()
  }

  /** Lets the peer show again what is typed. */
  show(): void {
    this.#hiding = false
    this.#settle()
  }

  override write(data: string | Uint8Array): void {
    this.inner.write(this.active ? asTelnet(data) : data)
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

  /** The peer has answered to ECHO, or wants it to be off. */
  #echoAnswered(yes: boolean): void {
    if (this.#echo === 'off') return
    // refused: not asked again before the next time
    if (!yes && this.#echo !== 'going off') this.#hiding = false
    if (!yes && this.#echo === 'on') this.#answer(Uint8Array.of(IAC, WONT, ECHO))
    this.#echo = yes && this.#echo !== 'going off' ? 'on' : 'off'
    this.#settle()
  }

  /** Asks for what is wanted, when nothing is under way. */
  #settle(): void {
    if (this.#hiding && this.#echo === 'off') this.#request(WILL, 'going on')
    if (!this.#hiding && this.#echo === 'on') this.#request(WONT, 'going off')
  }

  #request(verb: number, towards: 'going on' | 'going off'): void {
    this.#echo = towards
    this.inner.write(Uint8Array.of(IAC, verb, ECHO))
  }

  #answer(bytes: Uint8Array): void {
    if (this.#answers++ < ANSWERS) this.inner.write(bytes)
  }
}

/** Text as a telnet peer expects it: lines end in CR LF, and a CR alone is CR NUL. Bytes are whoever's they are. */
function asTelnet(data: string | Uint8Array): string | Uint8Array {
  return typeof data === 'string' ? data.replace(/\r?\n|\r/g, (end) => (end === '\r' ? '\r\0' : '\r\n')) : data
}
