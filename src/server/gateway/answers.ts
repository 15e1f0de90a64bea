import { Buffer } from 'node:buffer'
import { STATUS_CODES } from 'node:http'
import type { RefusalCode } from '../../hall/api.ts'

/** GatewayCode is an error code of the gateway: a code of the native protocol, or a code for a mistake in HTTP itself. */
export type GatewayCode = RefusalCode | 'bad-request' | 'bad-origin' | 'bad-host' | 'not-found' | 'too-large' | 'failed'

/** The HTTP status of each code that is not a plain 400. */
const STATUS: Partial<Readonly<Record<GatewayCode, number>>> = {
  'who-are-you': 401,
  'bad-password': 401,
  'bad-token': 401,
  'bad-origin': 403,
  'not-found': 404,
  'no-such-game': 404,
  'no-such-person': 404,
  'no-such-table': 404,
  'not-now': 409,
  'too-large': 413,
  'bad-host': 421,
  'too-many': 429,
  throttled: 429,
  failed: 500,
  unavailable: 503,
}

/** Returns the HTTP status of an error code. */
export function statusOf(code: GatewayCode): number {
  return STATUS[code] ?? 400
}

/** The content security policy of pages. It allows scripts, styles and connections of this server only, and no inline scripts or styles. */
const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The headers that every answer has. */
export const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

/**
 * A further header of the answers to a trustworthy origin. At any other origin, browsers ignore this header, and Chromium reports an error
 * in its console.
 */
export const OPENER_HEADER: Readonly<Record<string, string>> = { 'cross-origin-opener-policy': 'same-origin' }

/** The headers of each error that no route handles, as lines. */
const ERROR_HEADERS = Object.entries({ ...HEADERS, 'content-type': 'application/json; charset=utf-8', connection: 'close' })
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('')

/** Formats an error as a whole answer of HTTP/1.1, for a request that no route handles, such as an upgrade. */
export function formatError(code: GatewayCode, message: string, status = statusOf(code)): string {
  const body = JSON.stringify({ code, message })
  const length = `content-length: ${Buffer.byteLength(body)}\r\n`
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${ERROR_HEADERS}${length}\r\n${body}`
}
