import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, type ExpectStatic, type TestContext, test } from 'vitest'
import { type Block, blocksOf, comparable, isAsShown, withoutTyped } from './blocks.ts'
import { missing, type Running, Stage, silentPeer } from './commands.ts'

/** A client may start before its server: the number of retries, and the milliseconds between them. */
const ATTEMPTS = { times: 100, pause: 50 }

/** Tests that a page has a number of scenes or more, and runs each. A scene is a block with the blocks that run beside it. */
export function testScenes(file: string, least: number, timeout?: number): void {
  const blocks = blocksOf(file)
  const named = new Map(blocks.map((block) => [block.name, block]))
  const scenes = blocks.filter(({ name }) => name === undefined || !blocks.some(({ beside }) => beside.includes(name)))

  test('has commands that are tested', ({ expect }) => {
    expect(scenes.length).toBeGreaterThanOrEqual(least)
    for (const { beside } of blocks) for (const name of beside) expect([...named.keys()]).toContain(name)
  })

  describe.concurrent('scenes', () => {
    for (const block of scenes) {
      const title = block.commands.map(({ command }) => command).join('; ')
      test(`line ${block.line}: ${title}`, (context) => new Scene(block, named, context).play(), timeout)
    }
  })
}

/** Scene plays a block of a page in a folder of its own, with the blocks that run beside it. */
class Scene {
  readonly #block: Block
  readonly #beside: readonly Block[]
  readonly #context: TestContext
  readonly #expect: ExpectStatic
  readonly #stage: Stage
  readonly #running: Running[] = []

  constructor(block: Block, named: ReadonlyMap<string | undefined, Block>, context: TestContext) {
    this.#block = block
    this.#beside = block.beside.flatMap((name) => named.get(name) ?? [])
    this.#context = context
    this.#expect = context.expect
    const folder = mkdtempSync(join(tmpdir(), 'parlor-docs-'))
    this.#stage = new Stage(folder)
    context.onTestFinished(() => {
      for (const one of this.#running) one.stop()
      rmSync(folder, { recursive: true })
    })
  }

  /** Starts what runs beside the block, runs the block's commands, and compares what each printed with the page. */
  async play(): Promise<void> {
    const blocks = [...this.#beside, this.#block]
    for (const block of blocks) {
      for (const { command } of block.commands) {
        const reason = missing(command, block)
        if (reason !== undefined) this.#context.skip(reason)
      }
    }
    if (blocks.some(({ commands }) => commands.some(({ command }) => command.includes('mine')))) this.#stage.fillMine()
    const background: Running[] = []
    for (const block of this.#beside) background.push(await this.#begin(block))
    if (this.#block.silentPeer) void silentPeer(await this.#stage.port(9999))
    for (const { command, prints } of this.#block.commands) {
      if (this.#block.name !== undefined) await this.#serve(command, prints ?? '')
      else await this.#run(command, prints)
    }
    for (const [at, block] of this.#beside.entries()) await this.#end(block, background[at])
  }

  /** Starts a block in the background, and waits until what follows it may start. */
  async #begin(block: Block): Promise<Running> {
    const [{ command = '' } = {}] = block.commands
    const started = await this.#start(block, command)
    if (block.ready === 'when it listens') await this.#stage.listens(command, started)
    if (block.ready === 'after its first line') await started.printed((output) => output.includes('\n'))
    return started
  }

  /** A server without a client on the page: it prints the page's text, and stops on a signal. */
  async #serve(command: string, prints: string): Promise<void> {
    const server = await this.#start({ ...this.#block, typed: [] }, command)
    const expected = this.#stage.translate(prints)
    await server.printed((output) => output.split('\n').length >= expected.split('\n').length)
    this.#compare(server.output, expected, this.#block)
    server.stop()
    if (process.platform !== 'win32') this.#expect(await server.exit).toBe(0)
  }

  /** Runs a command to its end. */
  async #run(command: string, prints: string | undefined): Promise<void> {
    const { output, exit } = await this.#attempt(command)
    this.#expect(exit, output).toBe(this.#block.exit ?? 0)
    if (prints === undefined) this.#expect(output).not.toBe('')
    else this.#compare(output, this.#stage.translate(withoutTyped(prints, this.#block.typed)), this.#block)
  }

  /** Runs a command to its end; retries if its server does not listen yet. */
  async #attempt(command: string): Promise<{ output: string; exit: number | null }> {
    for (let left = ATTEMPTS.times; ; left--) {
      const started = await this.#start(this.#block, command)
      const exit = await started.exit
      if (
        exit === (this.#block.exit ?? 0) ||
        left === 0 ||
        !(started.output === '' || /refused|start the server first/i.test(started.output))
      )
        return { output: started.output, exit }
      await wait(ATTEMPTS.pause)
    }
  }

  /** Compares what a block in the background has printed with the page, after its end or as soon as it has printed that. */
  async #end(block: Block, started: Running | undefined): Promise<void> {
    if (!started) return
    const [{ prints } = { prints: undefined }] = block.commands
    const expected = prints && this.#stage.translate(withoutTyped(prints, block.typed))
    if (block.exit !== undefined) this.#expect(await started.exit).toBe(block.exit)
    else if (expected) await started.printed((output) => isAsShown(comparable(output, block), comparable(expected, block)))
    if (expected) this.#compare(started.output, expected, block)
  }

  async #start(block: Block, command: string): Promise<Running> {
    const typed = await Promise.all(block.typed.map((line) => this.#stage.translateInput(line)))
    const started = await this.#stage.start(command, { ...block, typed })
    this.#running.push(started)
    return started
  }

  #compare(output: string, expected: string, block: Block): void {
    const [printed, shown] = [comparable(output, block), comparable(expected, block)]
    if (!isAsShown(printed, shown)) this.#expect(printed).toEqual(shown)
  }
}
