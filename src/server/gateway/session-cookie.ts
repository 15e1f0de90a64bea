import { parseCookie, stringifySetCookie } from 'cookie'

/** Name of the cookie with the token of a login session. */
const NAME = 'parlor-session'

/** CookieScope is the set of requests with which a browser sends a cookie. */
export interface CookieScope {
  /** Path under which the gateway serves, without a slash at its end. */
  readonly prefix: string
  /** True if the browser must send the cookie over encrypted connections only. */
  readonly isSecure: boolean
}

/** Returns the token of the login session in the header `Cookie`; `undefined` without such a cookie. */
export function readSessionCookie(header: string | undefined): string | undefined {
  const token = header === undefined ? undefined : parseCookie(header)[NAME]
  return token === '' ? undefined : token
}

/**
 * Formats the header `Set-Cookie` for a token that is valid until a time in milliseconds since the Unix epoch. No script can read the
 * cookie, and no page of another site can make a browser send it with a request that changes data.
 */
export function formatSessionCookie(token: string, until: number, { prefix, isSecure }: CookieScope): string {
  const expires = new Date(until)
  return stringifySetCookie({ name: NAME, value: token, path: `${prefix}/`, httpOnly: true, sameSite: 'lax', secure: isSecure, expires })
}

/** Formats the header `Set-Cookie` that deletes the cookie. */
export function formatNoSessionCookie(scope: CookieScope): string {
  return formatSessionCookie('', 0, scope)
}
