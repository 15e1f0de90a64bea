import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { Parlor } from '../support/process.ts'

/** Prints the address of each loaded file on standard output, before the first question of a program. */
const HOOKS = `
  import { writeSync } from 'node:fs'
  import { registerHooks } from 'node:module'
  registerHooks({
    load(url, context, next) {
      writeSync(1, url + '\\n')
      return next(url, context)
    },
  })`
const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(HOOKS)}`

/** Returns the files of `src/` that a command loads before its first question. */
async function filesOf(...args: string[]): Promise<readonly string[]> {
  await using parlor = new Parlor(args, undefined, { environment: { NODE_OPTIONS } })
  await parlor.shows(/^Enter /m)
  const [loaded = ''] = parlor.output.split(/^Enter /m)
  return Array.from(loaded.matchAll(/^file:.*\/src\/(.*)$/gm), ([, file = '']) => file)
}

// even a short file costs about 0.3 ms of the start: if these tests fail, check why the new files are needed

test('join loads at most 28 files of Parlor before it asks for the server of hello', async () => {
  const files = await filesOf('join', 'hello')
  expect(files).toContain('programs/hello.ts')
  expect(files.length, files.join('\n')).toBeLessThanOrEqual(28)
})

test('join loads at most 51 files of Parlor before it asks for the first guess', async () => {
  const server = createServer((socket) => socket.on('error', () => {}).write('GUESS\n')).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const files = await filesOf('join', 'guess', '127.0.0.1', String((server.address() as AddressInfo).port))
  expect(files).toContain('protocol/conversation.ts')
  expect(files.length, files.join('\n')).toBeLessThanOrEqual(51)
})

test('join loads no file of the rooms and commands for servers', async () => {
  const files = await filesOf('join', 'hello')
  expect(files.filter((file) => /^(?:server|hall|storage|lab)\/|^cli\/(?:serve|server-commands|host|config|rank)\.ts$/.test(file))).toEqual(
    [],
  )
})
