import type { ReadonlySignal } from '@preact/signals'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { OwnMessages } from '../connection/own-messages.ts'
import type { PageClient } from '../connection/page-client.ts'
import type { GameInfo, Model } from '../model/model.ts'
import { toShown } from '../shown.ts'
import { gameTexts } from '../texts.ts'

/**
 * Route is the view that the page shows. The fragment of the address names the view, because a browser never sends the fragment to the
 * server.
 */
export type Route =
  | { readonly view: 'lobby' }
  /**
   * A table. With `move`, the replay of the finished game at this table, after this move. With `token`, the replay of a private game; the
   * user has the token of a seat.
   */
  | { readonly view: 'table'; readonly table: number; readonly move?: number; readonly token?: string }
  | { readonly view: 'join'; readonly code: string }
  | { readonly view: 'finished' }
  | { readonly view: 'ladder'; readonly game?: string }
  | { readonly view: 'user'; readonly name: string }
  | { readonly view: 'account' }
  /** The wire view. `connection` is the number of a connection, or `own` for the page's own connection. */
  | { readonly view: 'wire'; readonly connection?: number | 'own' }
  /** The protocols of the server. With `name`, the reference of the program of this name. */
  | { readonly view: 'protocols'; readonly name?: string }
  /** The programs of a server with `lab`, for the operator of the server. */
  | { readonly view: 'class' }
  /** An address without a view. */
  | { readonly view: 'none'; readonly address: string }

/** PageScope has the data that components need (the model, the time and the view), and the functions that change this data. */
export interface PageScope {
  readonly model: ReadonlySignal<Model>
  /** The monotonic time in milliseconds; the page updates this time about four times a second. */
  readonly now: ReadonlySignal<number>
  readonly route: ReadonlySignal<Route>
  readonly client: PageClient
  /** The messages of the page's own connection. */
  readonly own: OwnMessages
  /** Logs the user in with a password: the server sets a cookie, and the page connects again. */
  logIn(name: string, password: string): Promise<void>
  /** Registers a name. The login survives a reload. */
  register(name: string, password: string): void
  logOut(): Promise<void>
  /** Changes the password; the model's `account` gets the answer. */
  changePassword(old: string, password: string): void
  /** Deletes the account; the model's `account` gets the answer. */
  unregister(password: string): void
}

/** Name of the item that the browser stores after a login as the operator. If the item exists, the bar has a link to the class. */
export const OPERATOR = 'parlor.operator'

const PageContext = createContext<PageScope | undefined>(undefined)

export const PageProvider = PageContext.Provider

/** Matches a host name that means this machine. */
const LOOPBACK = /^(?:localhost|127\.[\d.]+|\[::1\])$/

/** Checks whether the links of this page work only on this machine. */
export function isLocal(): boolean {
  return LOOPBACK.test(location.hostname)
}

/** Returns the scope of the page that draws a component. Throws an Error outside the page. */
export function usePage(): PageScope {
  const page = useContext(PageContext)
  if (!page) throw new Error('a component needs a PageProvider around it')
  return page
}

/** Parses the fragment of an address; the view `none` stands for an invalid fragment. */
export function parseRoute(fragment: string): Route {
  const none: Route = { view: 'none', address: fragment }
  const [view = '', ...rest] = fragment.replace(/^#/, '').split('/')
  const [first, second, third] = rest.map(decodePart)
  if (rest.length > (view === 't' ? 3 : 2) || rest.some((part) => decodePart(part) === undefined)) return none
  switch (view) {
    case '':
    case 'lobby':
      return first === undefined ? { view: 'lobby' } : none
    case 't': {
      if (!/^[1-9]\d{0,14}$/.test(first ?? '') || !/^\d{0,9}$/.test(second ?? '')) return none
      if (third !== undefined && !/^[0-9A-Z]{26}$/.test(third)) return none
      const token = third === undefined ? {} : { token: third }
      return { view: 'table', table: Number(first), ...(second === undefined ? {} : { move: Number(second) }), ...token }
    }
    case 'join':
      return first === undefined || second !== undefined ? none : { view: 'join', code: first }
    case 'ladder':
      return second === undefined ? { view: 'ladder', ...(first === undefined ? {} : { game: first }) } : none
    case 'protocols':
      return second === undefined && first !== '' ? { view: 'protocols', ...(first === undefined ? {} : { name: first }) } : none
    case 'u':
      return first === undefined || first === '' || second !== undefined ? none : { view: 'user', name: first }
    case 'account':
    case 'class':
    case 'finished':
      return first === undefined ? { view } : none
    case 'wire':
      if (first === undefined) return { view }
      if (first === 'own' && second === undefined) return { view, connection: 'own' }
      return second === undefined && /^[1-9]\d{0,14}$/.test(first) ? { view, connection: Number(first) } : none
    default:
      return none
  }
}

/** Decodes a part of an address; returns `undefined` for an invalid part. */
function decodePart(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch (reason) {
    if (reason instanceof URIError) return undefined
    throw reason
  }
}

/**
 * Returns the fragment of a table. With a move, returns the fragment of the replay after that move; with a move and a token, returns the
 * fragment of the replay of a private game.
 */
export function tableLink(table: number, move?: number, token?: string): string {
  if (move === undefined) return `#t/${table}`
  return `#t/${table}/${move}${token === undefined ? '' : `/${token}`}`
}

/** Returns the fragment of a user's games. */
export function userLink(name: string): string {
  return `#u/${encodeURIComponent(name)}`
}

/** Returns the fragment of the reference of a program; without a name, returns the fragment of the list of protocols. */
export function protocolLink(name?: string): string {
  return name === undefined ? '#protocols' : `#protocols/${encodeURIComponent(name)}`
}

/** Returns the fragment of the ladder of a game. */
export function ladderLink(game: string): string {
  return `#ladder/${encodeURIComponent(game)}`
}

/** Finds a game by the public name of the game or by the name of the rules. */
export function findGame({ games }: Model, name: string): GameInfo | undefined {
  return games?.find(({ game, rules }) => game === name || rules === name)
}

/** Returns the name that the page shows for a game; `name` is the public name of the game or the name of the rules. */
export function gameName(model: Model, name: string): string {
  const rules = findGame(model, name)?.rules ?? name
  return gameTexts[rules]?.name ?? toShown(findGame(model, name)?.game ?? name)
}
