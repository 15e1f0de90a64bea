import { expect, test, vi } from 'vitest'
import { type Compactable, Compactor } from '../../src/storage/sqlite/compactor.ts'
import { databaseIn, folder } from '../support/folders.ts'
import { turn } from '../support/test-clock.ts'

const KEEP = 1000

/** A compactor of a journal whose every row frees a number of bytes. */
function compacting({ used, freed, rows = 100 }: { used: number; freed: number; rows?: number }) {
  const state = { used, taken: 0, steps: [] as number[] }
  const trouble = vi.fn()
  const journal: Compactable & { fails: boolean } = {
    fails: false,
    get indexedUpTo() {
      return rows
    },
    removeOldest(characters) {
      if (journal.fails) throw new Error('no room')
      state.steps.push(characters)
      if (state.taken === rows) return undefined
      state.used -= freed
      return ++state.taken
    },
  }
  class Measured extends Compactor {
    override get used(): number {
      return state.used
    }
  }
  const compactor = new Measured(databaseIn(folder()), journal, { keep: KEEP, step: 16 }, trouble)
  return { state, journal, compactor, trouble }
}

async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await turn()
}

test('a pass makes one step per turn until enough space is free, and the next begins when all space is in use again', async () => {
  const { state, compactor } = compacting({ used: 1001, freed: 10 })
  await turn()
  expect(state).toEqual({ used: 991, taken: 1, steps: [16] })
  await turns(20)
  expect(state).toMatchObject({ used: 961, taken: 4 })
  state.used = 1000
  compactor.noteAdded(1000)
  await turns(20)
  expect(state.taken).toBe(4)
  state.used = 1005
  compactor.noteAdded(1000)
  await turns(20)
  expect(state).toMatchObject({ used: 965, taken: 8 })
})

test('checks nothing for the few characters that most commits add', async () => {
  const { state, compactor } = compacting({ used: 0, freed: 10 })
  state.used = 5000
  for (let n = 0; n < 9; n++) compactor.noteAdded(1)
  await turns(3)
  expect(state.taken).toBe(0)
  compactor.noteAdded(1)
  await turns(3)
  expect(state.taken).toBeGreaterThan(0)
})

test('a pass ends also if all data has to stay, and the next begins when a quarter more is in use', async () => {
  const { state, compactor } = compacting({ used: 2000, freed: 0, rows: 5 })
  await turns(20)
  expect(state.steps).toHaveLength(5)
  state.taken = 0
  state.used = 2400
  compactor.noteAdded(1000)
  await turns(20)
  expect(state.steps).toHaveLength(5)
  state.used = 2501
  compactor.noteAdded(1000)
  await turns(20)
  expect(state.steps).toHaveLength(10)
})

test('the error handler gets the error of a failed step once, and the compactor retries the step later', async () => {
  const { state, journal, compactor, trouble } = compacting({ used: 1001, freed: 10 })
  journal.fails = true
  await turns(10)
  expect(trouble.mock.calls).toEqual([[new Error('no room')]])
  journal.fails = false
  state.used = 2000
  compactor.noteAdded(1000)
  await turns(10)
  expect(state.taken).toBeGreaterThan(0)
})

test('makes no step after closing', async () => {
  const { state, compactor } = compacting({ used: 2000, freed: 1 })
  await turn()
  compactor.close()
  const { taken } = state
  await turns(5)
  expect(state.taken).toBe(taken)
})
