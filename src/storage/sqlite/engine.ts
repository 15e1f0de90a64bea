import type { StorageEngine } from '../engine.ts'

/** The engine that stores all data in the file `parlor.db` of a folder. */
export const sqlite: StorageEngine = {
  scheme: 'sqlite',
  place: 'FOLDER',
  isFolder: true,
  help: 'in this folder',
  isDurable: true,
  async open(folder, options) {
    const { openStore } = await import('./index.ts')
    return openStore({ folder, ...options })
  },
}
