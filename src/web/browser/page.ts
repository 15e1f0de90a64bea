import type { ReadonlySignal } from '@preact/signals'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { PageClient } from '../connection/page-client.ts'
import type { GameInfo, Model } from '../model/model.ts'
import { toShown } from '../shown.ts'
import { gameTexts } from '../texts.ts'

/** Route is the view that the page shows; the fragment of the address has it, which the server never sees. */
export type Route =
  | { readonly view: 'lobby' }
  | { readonly view: 'table'; readonly table: number }
  | { readonly view: 'join'; readonly code: string }

/** PageScope has the data and the functions that components need: the model, the time, the view, and the ways to change them. */
export interface PageScope {
  readonly model: ReadonlySignal<Model>
  /** The monotonic time in milliseconds, about four times a second. */
  readonly now: ReadonlySignal<number>
  readonly route: ReadonlySignal<Route>
  readonly client: PageClient
  /** Logs in with a password: the server sets a cookie, and the page connects again. */
  logIn(name: string, password: string): Promise<void>
  /** Registers a name, whose login survives a reload. */
  register(name: string, password: string): void
  logOut(): Promise<void>
}

const PageContext = createContext<PageScope | undefined>(undefined)

export const PageProvider = PageContext.Provider

/** Returns the page in which a component is drawn. */
export function usePage(): PageScope {
  const page = useContext(PageContext)
  if (!page) throw new Error('a component is drawn outside of the page')
  return page
}

/** Parses the fragment of an address. */
export function parseRoute(fragment: string): Route {
  const [, view, rest = ''] = /^#(t|join)\/(.+)$/.exec(fragment) ?? []
  if (view === 't' && /^[1-9]\d{0,14}$/.test(rest)) return { view: 'table', table: Number(rest) }
  if (view === 'join') return { view: 'join', code: decodeURIComponent(rest) }
  return { view: 'lobby' }
}

/** Returns the fragment of a table. */
export function tableLink(table: number): string {
  return `#t/${table}`
}

/** Finds a game by its public name or the name of its rules. */
export function findGame({ games }: Model, name: string): GameInfo | undefined {
  return games?.find(({ game, rules }) => game === name || rules === name)
}

/** Returns the name of a game as the page shows it. */
export function gameName(model: Model, name: string): string {
  const rules = findGame(model, name)?.rules ?? name
  return gameTexts[rules]?.name ?? toShown(findGame(model, name)?.game ?? name)
}
