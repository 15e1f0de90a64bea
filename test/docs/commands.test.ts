import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Block, blocksOf, missing, type Running, root, Stage, silentPeer, withoutTyped } from './commands.ts'

/** A client may start before its server: the number of retries, and the milliseconds between them. */
const ATTEMPTS = { times: 100, pause: 50 }

let folder: string
const running: Running[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parlor-docs-'))
})
afterEach(async () => {
  for (const one of running.splice(0)) one.stop()
  rmSync(folder, { recursive: true })
})

/** Runs a command to its end; retries if its server does not listen yet. */
async function run(stage: Stage, command: string, typed: readonly string[]): Promise<{ output: string; exit: number | null }> {
  for (let left = ATTEMPTS.times; ; left--) {
    const started = await stage.start(command, typed)
    running.push(started)
    const exit = await started.exit
    if (exit === 0 || left === 0 || !(started.output === '' || /refused/i.test(started.output))) return { output: started.output, exit }
    await wait(ATTEMPTS.pause)
  }
}

/** Normalises output: ignores blanks if a column is as wide as its ports, and the order if a page requests that. */
function comparable(output: string, anyOrder: boolean): string[] {
  const lines = output.split('\n').map((line) => line.replace(anyOrder ? /^ *\d+\.\d s/ : /$^/, '').replace(/ +/g, ' '))
  return anyOrder ? lines.sort() : lines
}

describe.each([
  ['README.md', 4],
  ['docs/checking.md', 1],
  ['docs/faults.md', 3],
  ['docs/iterative-and-concurrent.md', 4],
  ['docs/tap.md', 1],
])('%s', (file, least) => {
  const blocks = blocksOf(file)
  const named = new Map(blocks.map((block) => [block.name, block]))
  const scenes = blocks.filter((block) => !blocks.some(({ beside }) => beside !== undefined && beside === block.name))

  test('has commands that are tested', () => {
    expect(scenes.length).toBeGreaterThanOrEqual(least)
    for (const { beside } of blocks) if (beside !== undefined) expect(named.keys()).toContain(beside)
  })

  for (const scene of scenes) {
    const server = scene.beside === undefined ? undefined : named.get(scene.beside)
    const title = scene.commands.map(({ command }) => command).join('; ')
    test(`line ${scene.line}: ${title}`, async ({ skip }) => {
      for (const { command } of [...scene.commands, ...(server?.commands ?? [])]) {
        const reason = missing(command)
        if (reason !== undefined) skip(reason)
      }
      const stage = new Stage(folder)
      const background = await begin(stage, server)
      if (scene.silentPeer) void silentPeer(await stage.port(9999))
      for (const { command, prints } of scene.commands) {
        if (scene.name !== undefined) await serves(stage, command, prints ?? '')
        else {
          const { output, exit } = await run(stage, command, scene.typed)
          expect({ output, exit }).toEqual({ output, exit: scene.exit ?? 0 })
          const expected = prints && (await stage.translate(withoutTyped(prints, scene.typed)))
          if (expected === undefined) expect(output).not.toBe('')
          else expect(comparable(output, scene.anyOrder)).toEqual(comparable(expected, scene.anyOrder))
        }
      }
      if (server?.exit !== undefined) expect(await background?.exit).toBe(server.exit)
    })
  }
})

const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'examples/README.md', ...globSync('docs/**/*.md', { cwd: root })]

test.each(pages)('all links in %s have a target', (file) => {
  const text = readFileSync(join(root, file), 'utf8').replaceAll(/```[\s\S]*?```/g, '')
  for (const [, to = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
    expect({ to, there: existsSync(join(root, dirname(file), to)) }).toEqual({ to, there: true })
  }
})

/** Starts the background commands of a scene. */
async function begin(stage: Stage, block: Block | undefined): Promise<Running | undefined> {
  const [first] = block?.commands ?? []
  if (!block || !first) return undefined
  const started = await stage.start(first.command, block.typed)
  running.push(started)
  return started
}

/** A server without a client on the page: it prints the page's text, and stops on a signal. */
async function serves(stage: Stage, command: string, prints: string): Promise<void> {
  const server = await stage.start(command, [])
  running.push(server)
  const expected = await stage.translate(prints)
  await server.printed(expected.split('\n').length - 1)
  expect(comparable(server.output, false)).toEqual(comparable(expected, false))
  server.stop()
  if (process.platform !== 'win32') expect(await server.exit).toBe(0)
}
