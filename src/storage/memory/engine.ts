import type { StorageEngine } from '../engine.ts'

/** The engine that loses its data at the end of the process. */
export const memory: StorageEngine = {
  scheme: 'memory',
  word: 'none',
  help: '"none" stores nothing',
  isDurable: false,
  async open(_, { onError }) {
    const { memoryStore } = await import('./index.ts')
    return memoryStore(onError && { onError })
  },
}
