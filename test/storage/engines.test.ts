import { describe, expect, onTestFinished, test } from 'vitest'
import { engines, openStorage, parseStorageUrl, StorageUrlError } from '../../src/storage/index.ts'
import { folder } from '../support/folders.ts'
import { contract } from './contract.ts'
import { places } from './engines.ts'

test('the tests know a place for each engine of the registry, and for no other', () => {
  expect(engines.length).toBeGreaterThan(1)
  expect(Object.keys(places).sort()).toEqual(engines.map(({ scheme }) => scheme).sort())
})

describe.each(engines)('the engine $scheme:', ({ scheme, isDurable }) => {
  const newUrl = () => `${scheme}:${places[scheme]?.()}`

  contract(async (onError) => openStorage(newUrl(), { onError }))

  test('a rank among 50,000 takes less than 1 ms', async () => {
    const { results, close } = await openStorage(newUrl())
    onTestFinished(close)
    const all = Array.from({ length: 50_000 }, (_, at) => ({ person: `account:${at + 1}`, name: 'x', score: at / 10, games: 1 }))
    await results.setStandings(1, 'nim', all)
    const times: number[] = []
    for (let time = 0; time < 9; time++) {
      const from = performance.now()
      expect(await results.rank('nim', 10.5 + time)).toEqual({ rank: 50_000 - 105 - 10 * time, of: 50_000 })
      times.push(performance.now() - from)
    }
    expect(Math.min(...times)).toBeLessThan(1)
  })

  test('has a scheme of at least two lower-case letters', () => {
    expect(scheme).toMatch(/^[a-z][a-z0-9+.-]+$/)
  })

  test('reports correctly whether its data survives the end of the process', async () => {
    const url = newUrl()
    const before = await openStorage(url)
    await before.accounts.add({ key: 'ada', name: 'Ada', password: '$argon2id$ada', since: 1_760_000_000_000 })
    await before.close()
    const after = await openStorage(url)
    onTestFinished(() => after.close())
    expect((await after.accounts.named('ada')) !== undefined).toBe(isDurable)
    expect(after.isDurable ?? false).toBe(isDurable)
  })
})

describe('the URL of a storage', () => {
  test.each([
    ['parlor-data', 'sqlite', 'parlor-data'],
    ['/srv/parlor', 'sqlite', '/srv/parlor'],
    ['C:\\parlor', 'sqlite', 'C:\\parlor'],
    ['./sqlit:x', 'sqlite', './sqlit:x'],
    ['', 'sqlite', ''],
    ['None', 'sqlite', 'None'],
    ['sqlite:parlor-data', 'sqlite', 'parlor-data'],
    ['SQLite:/srv/parlor', 'sqlite', '/srv/parlor'],
    ['sqlite:memory:', 'sqlite', './memory:'],
    ['sqlite:none', 'sqlite', './none'],
  ])('%j is a folder', (url, scheme, path) => {
    const { engine, folder, place } = parseStorageUrl(url)
    expect([engine.scheme, folder, place]).toEqual([scheme, path, path])
    // the folder alone means the same
    expect(parseStorageUrl(path)).toEqual({ engine, folder, place })
  })

  test.each(['none', 'memory:', 'MEMORY:'])('%j is memory, and no folder', (url) => {
    const { engine, folder, place } = parseStorageUrl(url)
    expect([engine.scheme, folder, place]).toEqual(['memory', undefined, ''])
  })

  test.each([
    ['sqlit:data', 'there is no storage engine "sqlit:"; did you mean sqlite:? For a folder with this name, write ./sqlit:data'],
    ['memory:data', 'memory: takes no place: leave out "data"'],
    ['sqlite:', 'sqlite: names no place: write sqlite:FOLDER'],
    ['sqlite:///srv/parlor', 'sqlite: takes a path without "//": write sqlite:/srv/parlor'],
  ])('%j is refused with a sentence', (url, sentence) => {
    expect(() => parseStorageUrl(url)).toThrow(new StorageUrlError(sentence))
  })

  test('with an unknown scheme is refused with a list of all engines', () => {
    const sentence = /^there is no storage engine "ftp:"; there are (.*)\. For a folder with this name, write \.\/ftp:\/\/x$/
    const refuse = () => parseStorageUrl('ftp://x')
    expect(refuse).toThrow(StorageUrlError)
    expect(refuse).toThrow(sentence)
    for (const { scheme } of engines) expect(refuse).toThrow(`${scheme}:`)
  })

  test('without a scheme opens a folder as before', async () => {
    const path = folder()
    const store = await openStorage(path)
    await store.close()
    expect(store.isDurable).toBe(true)
  })
})
