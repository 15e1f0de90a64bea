import { globSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { PAGE_ROOMS, pageFolder, preparePage } from '../../src/cli/page-build.ts'

/** A command in the place of Vite's: it copies the source of the page into the folder of the build. */
const COPIES = `
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs')
const folder = process.argv[process.argv.indexOf('--outDir') + 1]
mkdirSync(folder, { recursive: true })
writeFileSync(folder + '/index.html', readFileSync('src/web/index.html'))
`
const FAILS = 'console.error("\\u001b[31mno such part: ./board\\u001b[0m"); process.exit(1)'

/** Creates a clone with one source of the page and a command in the place of Vite's; without a command, Vite is not installed. */
async function createClone(command: string | undefined) {
  const root = await mkdtemp(join(tmpdir(), 'parlor-page-'))
  onTestFinished(() => rm(root, { recursive: true }))
  const write = async (file: string, text: string) => {
    await mkdir(join(root, file, '..'), { recursive: true })
    await writeFile(join(root, file), text)
  }
  const setCommand = (text: string) => write('node_modules/vite/bin/vite.js', text)
  await write('package.json', '{}')
  await write('src/web/index.html', 'one')
  if (command !== undefined) {
    await write('node_modules/vite/package.json', '{}')
    await setCommand(command)
  }
  const logged: string[] = []
  const prepare = (signal?: AbortSignal) =>
    preparePage({ root, notify: (sentence) => void logged.push(sentence), ...(signal ? { signal } : {}) })
  const page = () => readFile(join(pageFolder(root), 'index.html'), 'utf8').catch(() => undefined)
  return { root, write, setCommand, logged, prepare, page, left: () => readdir(join(root, 'dist')) }
}

test('builds the page at the first start and after a change of a source, and at no other start', async () => {
  const { prepare, logged, page, write, setCommand, left } = await createClone(COPIES)
  await prepare()
  expect(await page()).toBe('one')
  expect(logged.splice(0)).toEqual([expect.stringMatching(/^builds the page for browsers/)])
  // a build would fail now
  await setCommand(FAILS)
  await prepare()
  expect(logged).toEqual([])
  await setCommand(COPIES)
  await write('src/web/index.html', 'two')
  await prepare()
  expect(await page()).toBe('two')
  await write('src/games/coin.ts', 'a room that the page imports')
  await write('package-lock.json', 'another version of a library')
  logged.splice(0)
  await prepare()
  expect(logged).toHaveLength(1)
  expect(await left()).toEqual(['web'])
})

test('two servers that start at the same time from one clone both get a whole page', async () => {
  const { prepare, logged, page, left } = await createClone(COPIES)
  await Promise.all([prepare(), prepare(), prepare()])
  expect(await page()).toBe('one')
  expect(logged.filter((line) => line.includes('cannot'))).toEqual([])
  expect(await left()).toEqual(['web'])
})

test('a page that cannot be built is reported with the end of the output of the build tool, and an earlier page stays', async () => {
  const { prepare, logged, page, write, setCommand, left } = await createClone(FAILS)
  await prepare()
  expect(logged.splice(0).at(-1)).toBe('the page for browsers cannot be built, so browsers get no page: no such part: ./board')
  expect(await page()).toBeUndefined()
  await setCommand(COPIES)
  await prepare()
  await setCommand(FAILS)
  await write('src/web/index.html', 'two')
  logged.splice(0)
  await prepare()
  expect(logged.at(-1)).toMatch(/so browsers get the page of an earlier build: no such part/)
  expect(await page()).toBe('one')
  expect(await left()).toEqual(['web'])
})

test('a clone without the build tool reports how to install it', async () => {
  const { prepare, logged, page } = await createClone(undefined)
  await prepare()
  expect(logged.at(-1)).toMatch(/browsers get no page: the build tool Vite is not installed; run "npm ci" without --omit=dev/)
  expect(await page()).toBeUndefined()
})

test('a signal stops the build', async () => {
  const { prepare, logged, left } = await createClone('setInterval(() => {}, 1000)')
  const stop = new AbortController()
  const prepared = prepare(stop.signal)
  stop.abort()
  await prepared
  expect(logged.at(-1)).toMatch(/^the page for browsers cannot be built/)
  expect(await left()).toEqual([])
})

test('a clone that cannot be written reports the failure, and the start continues', async () => {
  const { prepare, logged, write } = await createClone(COPIES)
  await write('dist', 'a file in the place of the folder')
  await prepare()
  expect(logged.at(-1)).toMatch(/browsers get no page: ENOTDIR/)
})

test('an installed package, which has no sources, builds nothing', async () => {
  const { root, prepare, logged } = await createClone(FAILS)
  await rm(join(root, 'src'), { recursive: true })
  await prepare()
  expect(logged).toEqual([])
})

test('the page imports from no room of which a change does not build it again', async () => {
  const folder = join(import.meta.dirname, '../../src/web')
  const files = globSync('**/*.{ts,tsx}', { cwd: folder })
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))
  const rooms = texts.flatMap((text) => [...text.matchAll(/from '(?:\.\.\/)+(\w+)\/[^']*'/g)].map(([, room = '']) => room))
  const own = await readdir(folder)
  const others = new Set(rooms.filter((room) => !own.includes(room)))
  expect(others.size).toBeGreaterThan(1)
  expect([...others].filter((room) => !PAGE_ROOMS.includes(room))).toEqual([])
})
