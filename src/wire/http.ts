import { type Decoded, type Framing, MESSAGE_LIMIT, Pending } from './framing.ts'
import { decode, TextStream } from './text.ts'

/**
 * httpRequests: a message is a request, its head up to the empty line and a body as long as Content-Length says. What
 * does not begin like a request is a message as far as it has come, and so is what has reached the limit.
 */
export const httpRequests: Framing = {
  name: 'HTTP requests: a head up to the empty line, and Content-Length bytes',
  alone: true,
  encode: (message) => message,
  decoder: (limit = MESSAGE_LIMIT) => new HttpDecoder(limit, requestLength),
}

/**
 * httpResponses: a message is a response, with a body as long as its head says, or else up to the end of the stream;
 * and of a longer one than the limit as much as that.
 */
export const httpResponses: Framing = {
  name: 'HTTP responses: a head up to the empty line, and Content-Length bytes or everything up to the end of the stream',
  alone: true,
  encode: (message) => message,
  decoder: (limit = MESSAGE_LIMIT) => new HttpDecoder(limit, responseLength),
}

/** The head of a request or a response, with its empty line; everything where there is none. */
export function headOf(message: string): string {
  const end = headLength(message)
  return end === undefined ? message : message.slice(0, end)
}

/** Whether a message is a request with a whole head. */
export function isRequest(message: string): boolean {
  return isRequestLine(message.split('\n', 1)[0] ?? '') && headLength(message) !== undefined
}

class HttpDecoder extends Pending {
  readonly #lengthOf: (text: string) => number | undefined

  constructor(limit: number, lengthOf: (text: string) => number | undefined) {
    super(limit)
    this.#lengthOf = lengthOf
  }

  next(): Decoded {
    if (this.pending === 0) return undefined
    // one character for each byte, so that lengths are those of the wire
    const length = this.#lengthOf(decode(this.bytes.subarray(this.at, this.at + this.limit), 'bytes')) ?? Number.POSITIVE_INFINITY
    return this.pending >= Math.min(length, this.limit) ? this.#message(length) : undefined
  }

  override rest(): Decoded {
    return this.#message(this.pending)
  }

  /** A character that the limit has cut is left out. */
  #message(length: number): string {
    return new TextStream().read(this.take(Math.min(length, this.limit)))
  }
}

/** How long the request is of which `text` is the beginning; `undefined` where that cannot be told yet. */
function requestLength(text: string): number | undefined {
  const [line = '', more] = text.split('\n', 2)
  if (more !== undefined && !isRequestLine(line)) return text.length
  const head = headLength(text)
  return head === undefined ? undefined : head + (contentLength(text.slice(0, head)) ?? 0)
}

/** How long the response is of which `text` is the beginning; `undefined` where that cannot be told yet, or only its end tells. */
function responseLength(text: string): number | undefined {
  const end = headLength(text)
  if (end === undefined) return undefined
  const head = text.slice(0, end)
  if (/^HTTP\/\d\.\d (?:1\d\d|204|304)\b/.test(head)) return end
  if (/^transfer-encoding:.*\bchunked\s*$/im.test(head)) return chunkedEnd(text, end)
  const length = contentLength(head)
  return length === undefined ? undefined : end + length
}

function isRequestLine(line: string): boolean {
  return /^[A-Za-z]+ \S+ HTTP\/\d\.\d\r?$/.test(line)
}

function headLength(text: string): number | undefined {
  const end = /\n\r?\n/.exec(text)
  return end ? end.index + end[0].length : undefined
}

function contentLength(head: string): number | undefined {
  const length = /^content-length:[ \t]*(\d+)[ \t]*\r?$/im.exec(head)?.[1]
  return length === undefined ? undefined : Number(length)
}

/** Where a body that comes in chunks ends, and the trailer behind it; it begins at `at`. */
function chunkedEnd(text: string, at: number): number | undefined {
  for (;;) {
    const size = /^([\da-f]+)[^\n]*\n/i.exec(text.slice(at))
    if (!size?.[1]) return undefined
    const length = Number.parseInt(size[1], 16)
    if (length === 0) {
      const end = headLength(text.slice(at))
      return end === undefined ? undefined : at + end
    }
    at += size[0].length + length
    const end = /^\r?\n/.exec(text.slice(at))
    if (!end) return undefined
    at += end[0].length
  }
}
