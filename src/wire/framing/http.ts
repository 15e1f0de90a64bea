import { decode, TextStream, toRaw } from '../text.ts'
import { type Decoded, type Framing, Pending } from './framing.ts'

/** Maximum number of bytes in a request, with head and body. This number is the usual limit of servers for a head. */
const REQUEST_LIMIT = 16 * 1024
/** Maximum number of bytes in a response. The limit is large, because the client shows a whole page. */
const RESPONSE_LIMIT = 16 * 1024 * 1024

/**
 * httpRequests is the framing in which a message is a request: a head up to the empty line, and a body of Content-Length bytes. If the
 * bytes do not begin like a request, or reach the limit, all bytes that have arrived are a message.
 */
export const httpRequests: Framing = {
  name: 'HTTP requests: a head up to the empty line, and Content-Length bytes',
  alone: true,
  limit: REQUEST_LIMIT,
  encode: (message) => message,
  lacks,
  decoder: (limit = REQUEST_LIMIT) => new RequestDecoder(limit),
}

/**
 * httpResponses is the framing in which each message is a response. The head contains the length of the body, or announces chunks;
 * otherwise the body ends with the stream. The framing cuts a response that is longer than the limit. The framing skips interim responses
 * (1xx, RFC 9110 section 15.2), except 101, after which the stream is no longer HTTP.
 */
export const httpResponses: Framing = {
  name: 'HTTP responses: a head up to the empty line, and Content-Length bytes or everything up to the end of the stream',
  alone: true,
  limit: RESPONSE_LIMIT,
  encode: (message) => message,
  lacks,
  decoder: (limit = RESPONSE_LIMIT) => new ResponseDecoder(limit),
}

/** Returns the head of a request or response, with the empty line. If there is no empty line, returns the whole message. */
export function parseHead(message: string): string {
  const end = /\n\r?\n/.exec(message)
  return end ? message.slice(0, end.index + end[0].length) : message
}

/** Checks whether a message is a request with a whole head. */
export function isRequest(message: string): boolean {
  return isRequestLine(message.split('\n', 1)[0] ?? '') && /\n\r?\n/.test(message)
}

const LF = 10
const CR = 13

/** Names the missing part of an unfinished message. */
function lacks(unread: Uint8Array): string {
  const text = decode(unread, 'bytes')
  const end = /\n\r?\n/.exec(text)
  if (!end) return text.includes('\n') ? 'no empty line after its head (\\r\\n\\r\\n)' : 'no line end (\\r\\n)'
  const head = end.index + end[0].length
  const length = parseContentLength(text.slice(0, head))
  if (length === undefined) return 'no end of its body: it has not closed its side'
  return `no more, though its Content-Length says ${length} bytes (${text.length - head} have arrived)`
}

/*
 * A message of many kilobytes may arrive in many pieces, and the decoder must scan each byte only once. Therefore `scanned` is the number
 * of bytes that the decoder does not have to scan again. While the end of the head is missing, the decoder has found no end of the head in
 * these bytes. Afterwards, these bytes end with the last known chunk of the body.
 */
abstract class HttpDecoder extends Pending {
  /** The head; `undefined` before the whole head has arrived. Each byte is one character, so that lengths are the same as on the wire. */
  #head: string | undefined
  /** Number of scanned bytes of the message. */
  protected scanned = 0
  /**
   * Length of the message in bytes; `undefined` before the decoder has found the length, and `Infinity` if the end of the stream ends the
   * message.
   */
  #length: number | undefined

  next(): Decoded {
    for (;;) {
      if (this.pending === 0) return undefined
      this.#length ??= this.#measure()
      const length = Math.min(this.#length ?? Number.POSITIVE_INFINITY, this.limit)
      if (this.pending < length) return undefined
      if (this.#head === undefined || !this.isInterim(this.#head)) return this.#message(length)
      this.skip(length)
      this.#begin()
    }
  }

  override rest(): Decoded {
    return this.#message(this.pending)
  }

  /** Returns the length in bytes of a message that has this head; `undefined` while the bytes do not show the length. */
  protected abstract lengthOf(head: string): number | undefined

  /** Returns the length in bytes of a message without a whole head; `undefined` while the bytes do not show the length. */
  protected withoutHead(): number | undefined {
    return undefined
  }

  /** Checks whether the framing skips a message with this head. */
  protected isInterim(_head: string): boolean {
    return false
  }

  /** The bytes of the message that have arrived, up to the limit. */
  protected get seen(): Uint8Array {
    return this.bytes.subarray(this.at, Math.min(this.at + this.limit, this.bytes.length))
  }

  #measure(): number | undefined {
    if (this.#head === undefined) {
      const end = headEnd(this.seen, this.scanned)
      if (end === undefined) {
        const length = this.withoutHead()
        // the network may cut the end of the head, so the next scan includes the last two bytes again
        this.scanned = Math.max(0, this.seen.length - 2)
        return length
      }
      this.#head = decode(this.seen.subarray(0, end), 'bytes')
      this.scanned = end
    }
    return this.lengthOf(this.#head)
  }

  override clear(): void {
    this.#begin()
    super.clear()
  }

  #begin(): void {
    this.#head = undefined
    this.#length = undefined
    this.scanned = 0
  }

  /** Decodes the message. Drops a character that the limit has cut. */
  #message(length: number): string {
    const bytes = this.take(Math.min(length, this.limit))
    const text = new TextStream().read(bytes)
    this.raw = toRaw(text, bytes)
    this.#begin()
    return text
  }
}

class RequestDecoder extends HttpDecoder {
  #isRequest = false

  protected override withoutHead(): number | undefined {
    const { seen } = this
    if (!this.#isRequest) {
      const lf = seen.indexOf(LF)
      if (lf < 0) return undefined
      if (!isRequestLine(decode(seen.subarray(0, lf), 'bytes'))) return seen.length
      this.#isRequest = true
    }
    return undefined
  }

  protected override lengthOf(head: string): number | undefined {
    this.#isRequest = false
    if (!isRequestLine(head.split('\n', 1)[0] ?? '')) return this.seen.length
    return head.length + (parseContentLength(head) ?? 0)
  }
}

class ResponseDecoder extends HttpDecoder {
  protected override lengthOf(head: string): number | undefined {
    if (/^HTTP\/\d\.\d (?:1\d\d|204|304)\b/.test(head)) return head.length
    if (/^transfer-encoding:.*\bchunked\s*$/im.test(head)) return this.#chunkedEnd()
    const length = parseContentLength(head)
    return length === undefined ? Number.POSITIVE_INFINITY : head.length + length
  }

  protected override isInterim(head: string): boolean {
    return /^HTTP\/\d\.\d 1(?!01)\d\d\b/.test(head)
  }

  /** Finds the end of a chunked body with a trailer; `undefined` before this end has arrived. */
  #chunkedEnd(): number | undefined {
    const { seen } = this
    for (;;) {
      const lf = seen.indexOf(LF, this.scanned)
      if (lf < 0) return undefined
      const size = /^[\da-f]+/i.exec(decode(seen.subarray(this.scanned, Math.min(lf, this.scanned + 20)), 'bytes'))?.[0]
      // an invalid chunk: only the end of the stream ends the body
      if (size === undefined) return Number.POSITIVE_INFINITY
      const length = Number.parseInt(size, 16)
      if (length === 0) return headEnd(seen, lf)
      const end = lf + 1 + length
      const ending = seen[end] === CR ? end + 1 : end
      if (ending >= seen.length) return undefined
      if (seen[ending] !== LF) return Number.POSITIVE_INFINITY
      this.scanned = ending + 1
    }
  }
}

/** Checks whether a line is a request line, whose method is a token (RFC 9110 section 5.6.2), such as GET or VERSION-CONTROL. */
function isRequestLine(line: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+ \S+ HTTP\/\d\.\d\r?$/.test(line)
}

/** Finds the end of the head, whose empty line begins at or after the LF at `from`; `undefined` before this line has arrived. */
function headEnd(bytes: Uint8Array, from: number): number | undefined {
  for (let lf = bytes.indexOf(LF, from); lf >= 0; lf = bytes.indexOf(LF, lf + 1)) {
    if (bytes[lf + 1] === LF) return lf + 2
    if (bytes[lf + 1] === CR && bytes[lf + 2] === LF) return lf + 3
  }
  return undefined
}

/** Reads the length of the body in bytes from a head; `undefined` for a head without a length. */
export function parseContentLength(head: string): number | undefined {
  const length = /^content-length:[ \t]*(\d+)[ \t]*\r?$/im.exec(head)?.[1]
  return length === undefined ? undefined : Number(length)
}
