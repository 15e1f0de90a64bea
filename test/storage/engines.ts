import { folder } from '../support/folders.ts'

/** For the scheme of each engine of the registry, a function that returns a new, empty place for a store. */
export const places: Readonly<Record<string, () => string>> = {
  memory: () => '',
  sqlite: folder,
}
