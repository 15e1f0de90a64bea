import { Buffer, isUtf8 } from 'node:buffer'
import { MESSAGE_LIMIT } from '../framing/framing.ts'

/*
 * This file decodes and encodes the frames of WebSocket version 13 (RFC 6455), from the side of a server. The library `ws` has a decoder,
 * too, but this decoder is a stream of Node with listeners, and uses 1,000 bytes for each client. `FrameDecoder` uses 90 bytes while no
 * message is unfinished, and decodes a message inside the array that the transport has delivered.
 *
 * A client can send thousands of frames in one read of a socket. The decoder therefore passes all messages of a read together to the
 * receiver, as lines, in the same form as over TCP.
 *
 * Every message has a limit of bytes and of fragments. If the head of a frame shows that the message is too long, the decoder refuses the
 * message immediately. Therefore the decoder never stores more than one message and the head of a frame. After the first violation, and
 * after a close frame, the decoder ignores all bytes.
 */

/** Close codes of RFC 6455, section 7.4.1. */
export const CLOSE = {
  normal: 1000,
  away: 1001,
  protocol: 1002,
  unsupported: 1003,
  noCode: 1005,
  invalid: 1007,
  policy: 1008,
  tooLong: 1009,
} as const

/** Opcodes of RFC 6455, section 11.8. */
const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 }
/** A frame with this opcode or a greater opcode is a control frame. */
const CONTROL = 8
const FIN = 0x80
const RESERVED = 0x70
const MASKED = 0x80
/** Maximum number of bytes in the payload of a control frame. */
const CONTROL_LIMIT = 125
/** Maximum number of fragments of a message, because handling a fragment costs more than handling its bytes. */
const FRAGMENTS = 128
const LF = 10
const BLANK = 32
const NOTHING: Uint8Array = Buffer.alloc(0)
const LINE_END: Uint8Array = Buffer.from('\n')

/** FrameReceiver receives the decoded frames of one client, in order. Arrays are valid until the call returns. */
export interface FrameReceiver {
  /** Called with whole text messages; each message is a line. */
  messages(lines: Uint8Array): void
  ping(payload: Uint8Array): void
  /** Called with the number of bytes in the payload of a pong. */
  pong(length: number): void
  /** Called with the code of a close frame, or with 1005 for a close frame without a code. */
  closing(code: number): void
  /** Called with the close code for a client that violates the protocol, and a reason for the client. */
  violation(code: number, reason: string): void
}

/** FrameDecoder decodes the frames of one client. */
export class FrameDecoder {
  readonly #receiver: FrameReceiver
  /** The beginning of a frame that has not arrived completely. */
  #rest = NOTHING
  /** The fragments of an unfinished message; `undefined` between two messages. */
  #message: Uint8Array | undefined
  #fragments = 0
  #isOver = false
  /** Start and end, in the pushed array, of the lines that the receiver has not received yet. */ #from = 0
  #to = 0

  constructor(receiver: FrameReceiver) {
    this.#receiver = receiver
  }

  /** Decodes bytes, which the network may have cut anywhere, and removes the masks of the frames in place. */
  push(bytes: Uint8Array): void {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    let at = 0
    for (let next = this.#decode(all, at); next > at; next = this.#decode(all, at)) at = next
    this.#passOn(all)
    // this array is a copy, because the transport uses `bytes` again
    this.#rest = this.#isOver || at === all.length ? NOTHING : new Uint8Array(all.subarray(at))
  }

  /** Decodes the frame at an index, and returns the index of the next frame; the same index if the frame is not whole. */
  #decode(bytes: Uint8Array, at: number): number {
    const first = bytes[at]
    const second = bytes[at + 1]
    if (this.#isOver || first === undefined || second === undefined) return at
    const wrong = this.#findViolation(first, second)
    if (wrong !== undefined) return this.#fail(bytes, at, CLOSE.protocol, wrong)
    const opcode = first & 0x0f
    if (opcode === OPCODE.binary) return this.#fail(bytes, at, CLOSE.unsupported, 'send text messages')
    const size = second & 0x7f
    const mask = at + (size < 126 ? 2 : size === 126 ? 4 : 10)
    if (mask > bytes.length) return at
    const length = size < 126 ? size : readLength(bytes, at + 2, mask)
    if (opcode < CONTROL && (this.#message?.length ?? 0) + length > MESSAGE_LIMIT)
      return this.#fail(bytes, at, CLOSE.tooLong, `a message has at most ${MESSAGE_LIMIT} bytes`)
    const end = mask + 4 + length
    if (end > bytes.length) return at
    if (opcode >= CONTROL) this.#receiveControl(opcode, bytes, mask, end)
    else if (first & FIN && !this.#message) this.#receiveText(bytes, mask, end)
    else this.#addFragment((first & FIN) > 0, bytes, mask, end)
    return end
  }

  /** Explains a violation in the first two bytes of a frame; `undefined` for a valid frame. */
  #findViolation(first: number, second: number): string | undefined {
    const opcode = first & 0x0f
    if (first & RESERVED) return 'the reserved bits must be clear'
    if (!(second & MASKED)) return 'a client must mask its frames'
    if (opcode > OPCODE.pong || (opcode > OPCODE.binary && opcode < CONTROL)) return 'the opcode is unknown'
    if (opcode >= CONTROL) {
      if (!(first & FIN)) return 'a control frame must not be fragmented'
      return (second & 0x7f) > CONTROL_LIMIT ? 'a control frame has at most 125 bytes' : undefined
    }
    if (opcode === OPCODE.continuation) return this.#message ? undefined : 'no message is unfinished'
    return this.#message ? 'the last message is unfinished' : undefined
  }

  /** Receives a message of one frame. Writes the line of the message to the place of the frame, after the previous line. */
  #receiveText(bytes: Uint8Array, mask: number, end: number): void {
    if (this.#from === this.#to) {
      this.#from = mask + 3
      this.#to = mask + 3
    }
    const begin = this.#to
    const lineEnd = begin + end - mask - 4
    const isAscii = unmask(bytes, mask, end, begin, BLANK)
    if (!isAscii && !isUtf8(bytes.subarray(begin, lineEnd))) return this.#failText(bytes)
    bytes[lineEnd] = LF
    this.#to = lineEnd + 1
  }

  #addFragment(isLast: boolean, bytes: Uint8Array, mask: number, end: number): void {
    this.#fragments++
    if (this.#fragments > FRAGMENTS) return void this.#fail(bytes, 0, CLOSE.policy, `a message has at most ${FRAGMENTS} fragments`)
    unmask(bytes, mask, end, mask + 4, BLANK)
    const message = Buffer.concat([this.#message ?? NOTHING, bytes.subarray(mask + 4, end)])
    this.#message = isLast ? undefined : message
    if (!isLast) return
    this.#fragments = 0
    if (!isUtf8(message)) return this.#failText(bytes)
    this.#passOn(bytes)
    this.#receiver.messages(Buffer.concat([message, LINE_END]))
  }

  /** Passes the lines that the receiver has not received yet to the receiver. */
  #passOn(bytes: Uint8Array): void {
    if (this.#from === this.#to) return
    const lines = bytes.subarray(this.#from, this.#to)
    this.#from = this.#to
    this.#receiver.messages(lines)
  }

  #failText(bytes: Uint8Array): void {
    this.#fail(bytes, 0, CLOSE.invalid, 'a text message must be in UTF-8')
  }

  #receiveControl(opcode: number, bytes: Uint8Array, mask: number, end: number): void {
    this.#passOn(bytes)
    unmask(bytes, mask, end, mask + 4, LF)
    const payload = bytes.subarray(mask + 4, end)
    if (opcode === OPCODE.ping) return this.#receiver.ping(payload)
    if (opcode === OPCODE.pong) return this.#receiver.pong(payload.length)
    const code = payload.length === 0 ? CLOSE.noCode : ((payload[0] ?? 0) << 8) | (payload[1] ?? 0)
    if (payload.length === 1 || (payload.length > 1 && !mayClose(code)))
      return void this.#fail(bytes, 0, CLOSE.protocol, 'the close code is invalid')
    if (!isUtf8(payload.subarray(2))) return void this.#fail(bytes, 0, CLOSE.invalid, 'the reason of a close must be in UTF-8')
    this.#isOver = true
    this.#receiver.closing(code)
  }

  /** Ends decoding; returns the given index. */
  #fail(bytes: Uint8Array, at: number, code: number, reason: string): number {
    this.#passOn(bytes)
    this.#isOver = true
    this.#message = undefined
    this.#receiver.violation(code, reason)
    return at
  }
}

/** Reads a length of two or eight bytes; a length that no array can have is `Infinity`. */
function readLength(bytes: Uint8Array, from: number, end: number): number {
  let length = 0
  for (let at = from; at < end; at++) length = length * 256 + (bytes[at] ?? 0)
  return Number.isSafeInteger(length) ? length : Number.POSITIVE_INFINITY
}

/**
 * Unmasks the bytes between the mask, which is at the index `mask`, and the index `end`. Moves these bytes to the index `to`, which is at
 * most the present index of the first byte. Replaces line ends by `lineEnd`. Returns whether all bytes are ASCII.
 */
function unmask(bytes: Uint8Array, mask: number, end: number, to: number, lineEnd: number): boolean {
  const key = (bytes[mask] ?? 0) | ((bytes[mask + 1] ?? 0) << 8) | ((bytes[mask + 2] ?? 0) << 16) | ((bytes[mask + 3] ?? 0) << 24)
  let all = 0
  let place = to
  for (let at = mask + 4; at < end; at++) {
    const byte = (bytes[at] ?? 0) ^ ((key >> (((at - mask) & 3) << 3)) & 0xff)
    bytes[place++] = byte === LF ? lineEnd : byte
    all |= byte
  }
  return all < 0x80
}

/** Checks whether an endpoint may send a close code (RFC 6455, section 7.4). */
function mayClose(code: number): boolean {
  return (code >= 1000 && code <= 1014 && ![1004, CLOSE.noCode, 1006].includes(code)) || (code >= 3000 && code <= 4999)
}

/** Encodes whole lines; each line becomes one text message without the line end. */
export function encodeLines(text: string): Uint8Array {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  // the head of a frame replaces the one byte of a line end; a head has at most ten bytes, so each line needs at most nine more bytes
  const frames = Buffer.allocUnsafe(Buffer.byteLength(text) + 9 * count)
  let place = 0
  for (let from = 0, end = text.indexOf('\n'); end >= 0; from = end + 1, end = text.indexOf('\n', from)) {
    const line = text.slice(from, end)
    place = writeHead(frames, place, OPCODE.text, Buffer.byteLength(line))
    place += frames.write(line, place, 'utf8')
  }
  return frames.subarray(0, place)
}

/** Encodes a ping or, with the payload of a ping, the pong that answers this ping. */
export function encodePing(answered?: Uint8Array): Uint8Array {
  return encodeControl(answered ? OPCODE.pong : OPCODE.ping, answered ?? NOTHING)
}

/** Encodes a close frame. For the code 1005, the frame has no code. The reason has at most 123 bytes. */
export function encodeClose(code: number, reason = ''): Uint8Array {
  if (code === CLOSE.noCode) return encodeControl(OPCODE.close, NOTHING)
  const payload = Buffer.from(`  ${reason}`)
  payload.writeUInt16BE(code)
  return encodeControl(OPCODE.close, payload)
}

function encodeControl(opcode: number, payload: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafe(2 + payload.length)
  frame.set(payload, writeHead(frame, 0, opcode, payload.length))
  return frame
}

/** Writes the head of an unmasked frame at an index; returns the index after the head. */
function writeHead(frame: Buffer, at: number, opcode: number, length: number): number {
  frame[at] = FIN | opcode
  if (length < 126) return frame.writeUInt8(length, at + 1)
  if (length < 2 ** 16) return frame.writeUInt16BE(length, frame.writeUInt8(126, at + 1))
  return frame.writeUInt32BE(length, frame.writeUInt32BE(0, frame.writeUInt8(127, at + 1)))
}
