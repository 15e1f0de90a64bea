import { findNearest } from '../base/nearest.ts'
import type { Store } from '../hall/ports.ts'
import type { StorageEngine, StorageOptions } from './engine.ts'
import { memory } from './memory/engine.ts'
import { sqlite } from './sqlite/engine.ts'

/**
 * The registry of storage engines. A new engine needs a folder beside this file, a declaration in `engine.ts` of that folder, and an entry
 * in this list.
 */
export const engines: readonly StorageEngine[] = [sqlite, memory]

/** The engine of a place without a scheme; such a place is the path of a folder. */
const DEFAULT = sqlite

/** A scheme has at least two letters, so `C:\parlor` is a path. A path with a colon in its first part begins with `./`. */
const URL_FORM = /^([a-z][a-z0-9+.-]+):(.*)$/is

/** StorageTarget has an engine, and the place at which the engine stores data. */
export interface StorageTarget {
  readonly engine: StorageEngine
  readonly place: string
  /** The place, if it is a folder of this machine; otherwise `undefined`. */
  readonly folder?: string
}

/** StorageUrlError is the error for an invalid storage URL; the message says how to correct the URL. */
export class StorageUrlError extends Error {
  override readonly name = 'StorageUrlError'
}

/**
 * Parses the URL of a storage: `sqlite:FOLDER` or a path without a scheme, and `memory:` or the word `none`. Throws a StorageUrlError for
 * any other text.
 */
export function parseStorageUrl(url: string): StorageTarget {
  const named = engines.find(({ word }) => word === url)
  if (named) return toTarget(named, '')
  const [, scheme, place = ''] = URL_FORM.exec(url) ?? []
  if (scheme === undefined) return toTarget(DEFAULT, url)
  const engine = engines.find((each) => each.scheme === scheme.toLowerCase())
  if (!engine) throw new StorageUrlError(describeUnknown(url, scheme))
  if (engine.place === undefined && place !== '') throw new StorageUrlError(`${engine.scheme}: takes no place: leave out "${place}"`)
  if (engine.place !== undefined && place === '') throw new StorageUrlError(`${engine.scheme}: names no place: write ${formatForm(engine)}`)
  if (engine.isFolder && place.startsWith('//'))
    throw new StorageUrlError(`${engine.scheme}: takes a path without "//": write ${engine.scheme}:${place.replace(/^\/\/+/, '/')}`)
  // messages and other commands use the path of the folder without the scheme, so the path must not look like a URL
  return toTarget(engine, engine.isFolder && isUrl(place) ? `./${place}` : place)
}

/** Opens the store at a URL. Throws a StorageUrlError, or rejects with a StoreError if the engine cannot open the store. */
export async function openStorage(url: string, options: StorageOptions = {}): Promise<Store> {
  const { engine, place } = parseStorageUrl(url)
  return engine.open(place, options)
}

/** Returns the help texts of all engines, which describe the values of `--data`. */
export function describeEngines(): string {
  return engines.map(({ help }) => help).join('; ')
}

function toTarget(engine: StorageEngine, place: string): StorageTarget {
  return engine.isFolder ? { engine, place, folder: place } : { engine, place }
}

/** Checks whether `parseStorageUrl` reads a text as a URL with a scheme, or as the word of an engine. */
function isUrl(text: string): boolean {
  return URL_FORM.test(text) || engines.some(({ word }) => word === text)
}

/** Formats the form of an engine's URLs, such as `sqlite:FOLDER`. */
function formatForm({ scheme, place = '' }: StorageEngine): string {
  return `${scheme}:${place}`
}

function describeUnknown(url: string, scheme: string): string {
  const meant = findNearest(
    scheme,
    engines.map((engine) => engine.scheme),
  )
  const known = meant === undefined ? `there are ${engines.map(formatForm).join(' and ')}` : `did you mean ${meant}:?`
  const folder = `For a folder with this name, write ./${url}`
  return `there is no storage engine "${scheme}:"; ${known}${meant === undefined ? '.' : ''} ${folder}`
}
