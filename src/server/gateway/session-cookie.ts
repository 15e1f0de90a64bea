import { parseCookie, stringifySetCookie } from 'cookie'

/** Name of the cookie with the token of a login session, on a connection that is not encrypted. */
const NAME = 'parlor-session'

/** CookieScope is the set of requests with which a browser sends a cookie. */
export interface CookieScope {
  /** Path under which the gateway serves all addresses, without a slash at the end. */
  readonly prefix: string
  /** True if the browser must send the cookie over encrypted connections only. */
  readonly isSecure: boolean
}

/** Returns the token of the login session in the header `Cookie`; `undefined` if there is no such cookie. */
export function readSessionCookie(header: string | undefined, scope: CookieScope): string | undefined {
  return readCookie(NAME, header, scope)
}

/**
 * Formats the header `Set-Cookie` for a token that is valid until a time in milliseconds since the Unix epoch. No script can read the
 * cookie, and no page of another site can make a browser send the cookie with a request that changes data.
 */
export function formatSessionCookie(token: string, until: number, scope: CookieScope): string {
  return formatCookie({ name: NAME, token, until, sameSite: 'lax' }, scope)
}

/** Formats the header `Set-Cookie` that deletes the cookie. */
export function formatNoSessionCookie(scope: CookieScope): string {
  return formatSessionCookie('', 0, scope)
}

/** TokenCookie is a cookie with a token that is valid until a time in milliseconds since the Unix epoch. */
export interface TokenCookie {
  /** The name without the prefix that a scope adds. */
  readonly name: string
  readonly token: string
  readonly until: number
  readonly sameSite: 'lax' | 'strict'
}

/** Formats the header `Set-Cookie` for a token. No script can read the cookie. */
export function formatCookie({ name, token, until, sameSite }: TokenCookie, scope: CookieScope): string {
  return stringifySetCookie({
    ...{ name: toCookieName(name, scope), value: token, path: `${scope.prefix}/`, expires: new Date(until) },
    ...{ httpOnly: true, sameSite, secure: scope.isSecure },
  })
}

/** Returns the value of a cookie in the header `Cookie`; `undefined` if there is no such cookie. */
export function readCookie(name: string, header: string | undefined, scope: CookieScope): string | undefined {
  const value = header === undefined ? undefined : parseCookie(header)[toCookieName(name, scope)]
  return value === '' ? undefined : value
}

/**
 * Returns the name that a cookie has in the headers. Over TLS, the name has a prefix. A browser refuses a cookie with such a prefix if a
 * page without encryption sets the cookie. If the prefix is `__Host-`, the browser also refuses a cookie that another host of the same
 * domain sets. Without the prefix, such a page or host could log a browser in under another name.
 */
function toCookieName(name: string, { prefix, isSecure }: CookieScope): string {
  if (!isSecure) return name
  return prefix === '' ? `__Host-${name}` : `__Secure-${name}`
}
