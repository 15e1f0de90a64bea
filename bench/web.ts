// Measures the cost of browsers: `npm run bench:web [PART]`. The program measures the memory of a seated browser and of a bare connection
// of the library `ws`. The program also measures the time that 200 watchers add to a move, and the effect of 10,000 refused upgrades on the
// server and its players. Then the program measures the bytes of the first load, and the time until the lobby is usable in Chromium.
//
// The server runs without the flags of `npm start`, so the figures hold for every way to start it. Memory is measured after a garbage
// collection, with the same number of clients at both servers, in the same run. Watchers run in a separate process, so the players wait
// only for the work of the server, and not for the watchers' reading.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { WebSocket, WebSocketServer } from 'ws'
import { figure, median, table, verdict } from './figures.ts'
import { readUsage } from './usage.ts'
import { measureLobby } from './web-lobby.ts'

/**
 * Targets: KB more than a bare connection, added milliseconds, KB of the first load, MB of growth, milliseconds at the 99th percentile, and
 * milliseconds and layout shift of the lobby.
 */
const TARGETS = { memory: 6, watchers: 1, load: 80, growth: 20, p99: 50, lobby: 1000, shift: 0.02 }
/**
 * Number of clients in a memory measurement, in addition to the first `WARM` clients. During the first clients, the server loads and
 * optimizes its code, and fills the space of young objects for the first time. This start costs 20 MB, independent of the number of
 * clients.
 */
const CLIENTS = 4000
const WARM = 2000
const WATCHERS = 200
/** Number of rounds without and with watchers, and number of moves in each round. */
const ROUNDS = 4
const MOVES = 80
/** Milliseconds between the answer to a move and the next move: no player moves faster, and the watchers get a move after its players. */
const PAUSE = 20
/** Number of upgrades that the server refuses, and number of upgrades in progress at the same time. */
const UPGRADES = 10_000
const AT_ONCE = 50

const root = fileURLToPath(new URL('..', import.meta.url))
const started: ChildProcess[] = []
process.on('exit', () => {
  for (const child of started) child.kill('SIGKILL')
})

/** The source of a module that Node loads first: at SIGUSR2, the process collects its garbage, and prints its memory. */
const PROBE = `process.on('SIGUSR2', () => { gc(); gc(); process.stderr.write('memory ' + JSON.stringify(process.memoryUsage()) + '\\n') })`
const FLAGS = ['--expose-gc', '--import', `data:text/javascript,${encodeURIComponent(PROBE)}`]

/** Memory of a process in KB: resident, and in the heap with all buffers. */
interface Memory {
  readonly resident: number
  readonly heap: number
}

/** Measured is a server in a separate process. */
interface Measured {
  readonly child: ChildProcess
  readonly url: string
  /** Makes the server collect garbage; resolves to the server's memory. */
  memory(): Promise<Memory>
  stop(): Promise<void>
}

async function start(args: readonly string[], find: (line: string) => string): Promise<Measured> {
  const child = spawn(process.execPath, [...FLAGS, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  started.push(child)
  // if the server ends too early, its error output gives the reason
  child.stderr.on('data', (data) => String(data).startsWith('memory ') || process.stderr.write(data))
  child.on('exit', (code) => code !== null && process.exit(1))
  const [line] = await once(child.stdout, 'data')
  return {
    child,
    url: find(String(line)),
    async memory() {
      child.kill('SIGUSR2')
      for (;;) {
        const [text] = await once(child.stderr, 'data')
        const [, found] = /memory (\{.*\})/.exec(String(text)) ?? []
        if (found === undefined) continue
        const { rss, heapUsed, external } = JSON.parse(found) as NodeJS.MemoryUsage
        return { resident: rss / 1024, heap: (heapUsed + external) / 1024 }
      }
    },
    async stop() {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

/** Starts Parlor with the port for browsers; further options of `serve` follow. */
function startParlor(...more: readonly string[]): Promise<Measured> {
  const args = [
    'bin/parlor.js',
    'serve',
    '--json',
    '--only',
    'guess',
    '--port',
    '0',
    '--data',
    'none',
    '--http',
    'none',
    '--web',
    '127.0.0.1:0',
  ]
  return start([...args, '--idle', '60m', '--first', '60m', ...more], (line) => (JSON.parse(line) as { web: { url: string } }).web.url)
}

/** Runs a bare server of `ws`, and prints its address. */
function serveBare(): void {
  const http = createHttpServer()
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false })
  sockets.on('connection', (socket) => socket.on('message', () => {}).on('error', () => {}))
  http.listen(0, '127.0.0.1', 4096, () => {
    const address = http.address()
    if (address !== null && typeof address === 'object') console.log(`http://127.0.0.1:${address.port}/`)
  })
}

/** Browser is a WebSocket client that numbers its requests, and matches the answers to them. */
class Browser {
  readonly socket: WebSocket
  readonly #waiting = new Map<string | number, (answer: { readonly type: string; readonly table?: number }) => void>()
  #ids = 0

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as { type: string; id?: number; table?: number; n?: number }
      const key = message.id ?? message.type
      this.#waiting.get(key)?.(message)
      this.#waiting.delete(key)
    })
  }

  static async open(url: string, path = 'ws'): Promise<Browser> {
    const browser = new Browser(new WebSocket(`${url.replace('http', 'ws')}${path}`, { perMessageDeflate: false }))
    await once(browser.socket, 'open')
    return browser
  }

  ask(command: object): Promise<{ readonly type: string; readonly table?: number }> {
    const id = ++this.#ids
    this.socket.send(JSON.stringify({ ...command, id }))
    return this.next(id)
  }

  /** Resolves to the next message of a type, or to the answer with an id. */
  next(key: string | number): Promise<{ readonly type: string; readonly table?: number }> {
    return new Promise((resolve) => this.#waiting.set(key, resolve))
  }
}

/** Opens two browsers, and seats them at one table; resolves to the browsers and the number of the table. */
async function seatTwo(
  url: string,
  name: string,
  settings = {},
): Promise<{ readonly pair: readonly [Browser, Browser]; readonly table: number }> {
  const pair = [await Browser.open(url), await Browser.open(url)] as const
  for (const [at, browser] of pair.entries()) await browser.ask({ type: 'enter', name: `${name}${at === 0 ? 'a' : 'b'}` })
  const seated = pair.map((browser) => browser.next('seated'))
  for (const [at, browser] of pair.entries()) await browser.ask({ type: 'seek', game: 'tictactoe', settings, seats: [at], wait: null })
  const [one] = await Promise.all(seated)
  return { pair, table: one?.table ?? 0 }
}

/**
 * Measures the memory of one client: the memory that `CLIENTS` further clients add after the first `WARM` clients, divided by `CLIENTS`.
 */
async function measureMemory(server: Measured, add: (count: number) => Promise<void>): Promise<Memory> {
  await add(WARM)
  const before = await server.memory()
  await add(CLIENTS)
  const after = await server.memory()
  await server.stop()
  return { resident: (after.resident - before.resident) / CLIENTS, heap: (after.heap - before.heap) / CLIENTS }
}

async function compareMemory(): Promise<{ readonly bare: Memory; readonly seated: Memory }> {
  const server = await start(['bench/web.ts', 'bare'], (line) => line.trim())
  const bare = await measureMemory(server, async (count) => {
    for (let n = 0; n < count; n++) await Browser.open(server.url, '')
  })
  const parlor = await startParlor(
    '--limit',
    'connections=none',
    '--limit',
    'address=none',
    '--limit',
    'burst=none',
    '--limit',
    'messages=none',
  )
  let pairs = 0
  const seated = await measureMemory(parlor, async (count) => {
    for (let n = 0; n < count; n += 2) await seatTwo(parlor.url, `p${pairs++}`)
  })
  return { bare, seated }
}

/** Watches a table with many browsers until the process ends; prints a line when all watch. */
async function watch(url: string, number: number): Promise<void> {
  for (let n = 0; n < WATCHERS; n++) {
    const browser = await Browser.open(url)
    await browser.ask({ type: 'watch', table: number })
  }
  console.log('watching')
}

/** Measures the median time of a move without and with watchers, in rounds that alternate. */
async function measureWatchers(): Promise<{ readonly without: number; readonly with: number }> {
  const server = await startParlor('--limit', 'connections=none', '--limit', 'messages=none', '--limit', 'burst=none')
  const times = { without: [] as number[], with: [] as number[] }
  for (let round = 0; round < ROUNDS; round++) {
    for (const way of ['without', 'with'] as const) {
      const { pair, table: number } = await seatTwo(server.url, `r${round}${way}`, { size: 20 })
      const crowd = way === 'with' ? await start(['bench/web.ts', 'watch', server.url, String(number)], (line) => line) : undefined
      const all: number[] = []
      // the moves fill the board row by row: each row has the marks of both players, and no column or diagonal is full after `MOVES` moves
      for (let move = 0; move < MOVES; move++) {
        const began = performance.now()
        await pair[move % 2 === 0 ? 0 : 1].ask({ type: 'play', table: number, move: String(cellOf(move)) })
        all.push(performance.now() - began)
        await new Promise((resolve) => setTimeout(resolve, PAUSE))
      }
      times[way].push(median(all.slice(MOVES / 4)))
      await crowd?.stop()
      for (const { socket } of pair) socket.terminate()
    }
  }
  await server.stop()
  return { without: median(times.without), with: median(times.with) }
}

/**
 * Returns the cell of a move on a board of 20 by 20 cells, counted from 1. The first cell of each row is one column further to the right.
 */
function cellOf(move: number): number {
  const [row, place] = [Math.floor(move / 20), move % 20]
  return row * 20 + ((place + row) % 20) + 1
}

/** Requests an upgrade with the headers of a page of another origin, and resolves to the status of the answer. */
function refusedUpgrade(port: number): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => resolve('reset')).on('data', (data) => (answer += data))
    socket.on('close', () => resolve(/ (\d+) .*"code":"([\w-]+)"/s.exec(answer)?.slice(1).join(' ') ?? 'reset'))
    socket.write(
      'GET /ws HTTP/1.1\r\nHost: localhost\r\nOrigin: http://elsewhere.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    )
  })
}

/** Requests `UPGRADES` upgrades, `AT_ONCE` at a time, and prints the number of times that the server gave each answer. */
async function flood(port: number): Promise<void> {
  const answers: Record<string, number> = {}
  let left = UPGRADES
  const knock = async () => {
    while (left-- > 0) {
      const answer = await refusedUpgrade(port)
      answers[answer] = (answers[answer] ?? 0) + 1
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, knock))
  console.log(JSON.stringify(answers))
}

/**
 * Makes a server refuse many upgrades while a player pings. Measures the growth of the server's memory in MB, the player's waiting times,
 * and the number of times that each answer came.
 */
async function measureUpgrades() {
  const server = await startParlor()
  const { port } = new URL(server.url)
  const player = await Browser.open(server.url)
  const pid = server.child.pid ?? 0
  const before = readUsage(pid).rss
  let peak = before
  const times: number[] = []
  let flooded: Readonly<Record<string, number>> | undefined
  const flooding = spawn(process.execPath, ['bench/web.ts', 'flood', port], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  started.push(flooding)
  flooding.stdout.once('data', (data) => (flooded = JSON.parse(String(data))))
  while (!flooded) {
    const began = performance.now()
    await player.ask({ type: 'ping' })
    times.push(performance.now() - began)
    peak = Math.max(peak, readUsage(pid).rss)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  await server.stop()
  const sorted = times.sort((one, other) => one - other)
  return { growth: (peak - before) / 2 ** 20, p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0, answers: flooded, pings: times.length }
}

/**
 * Measures the KB of compressed scripts and styles: `first` are the files that `index.html` names and a browser fetches for the lobby,
 * `total` are the files of all views.
 */
async function measureLoad(): Promise<{ first: number; total: number }> {
  // The server builds the page before it listens.
  await (await startParlor()).stop()
  const folder = join(root, 'dist/web')
  const sizeOf = (name: string) => gzipSync(readFileSync(join(folder, name))).length / 1024
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  const first = [...page.matchAll(/(?:src|href)="\.\/([^"]+\.(?:js|css))"/g)].map(([, name]) => name ?? '')
  const total = ['theme.js', ...readdirSync(join(folder, 'assets')).map((name) => `assets/${name}`)].filter((name) =>
    /\.(?:js|css)$/.test(name),
  )
  const sum = (names: readonly string[]) => names.reduce((kilobytes, name) => kilobytes + sizeOf(name), 0)
  return { first: sum(first), total: sum(total) }
}

/** The parts of the report, by the argument that selects one of them. */
const PARTS: Readonly<Record<string, () => Promise<string>>> = {
  async memory() {
    const { bare, seated } = await compareMemory()
    // resident memory alone can be too low, because the server fills space between the objects of the first clients
    const more = Math.max(seated.resident - bare.resident, seated.heap - bare.heap)
    const rows = [
      ['KB of one client', 'resident', 'in the heap'],
      ['---', '--:', '--:'],
      ['a bare connection of ws', figure(bare.resident, 1), figure(bare.heap, 1)],
      ['a seated browser', figure(seated.resident, 1), figure(seated.heap, 1)],
    ]
    return `${table(rows)}\n\n${verdict(more <= TARGETS.memory, `a seated browser takes ${figure(more, 1)} KB more than a bare connection (target ${TARGETS.memory})`)}`
  },
  async watchers() {
    const moves = await measureWatchers()
    const added = moves.with - moves.without
    return `A move takes ${figure(moves.without, 2)} ms without watchers and ${figure(moves.with, 2)} ms with ${WATCHERS}, at the median.
${verdict(added <= TARGETS.watchers, `${WATCHERS} watchers add ${figure(added, 2)} ms to a move (target ${TARGETS.watchers})`)}`
  },
  async upgrades() {
    const { growth, p99, answers, pings } = await measureUpgrades()
    return `${UPGRADES} upgrades were answered with ${Object.entries(answers)
      .map(([answer, count]) => `${answer} (${count} times)`)
      .join(', ')}; ${pings} pings.
${verdict(growth <= TARGETS.growth, `${UPGRADES} refused upgrades add ${figure(growth, 1)} MB (target ${TARGETS.growth})`)}
${verdict(p99 < TARGETS.p99, `meanwhile a player waits ${figure(p99, 1)} ms at the 99th percentile (target ${TARGETS.p99})`)}`
  },
  async lobby() {
    const server = await startParlor()
    const { usable, shift } = await measureLobby(server.url)
    await server.stop()
    return `${verdict(usable <= TARGETS.lobby, `the lobby is usable after ${figure(usable, 0)} ms on a processor that is four times slower (target ${TARGETS.lobby})`)}
${verdict(shift <= TARGETS.shift, `the layout shifts by ${figure(shift, 3)} (target ${TARGETS.shift})`)}`
  },
  async load() {
    const { first, total } = await measureLoad()
    return verdict(
      first > 0 && first <= TARGETS.load,
      `the first load is ${figure(first, 1)} KB of script and style, compressed (target ${TARGETS.load}); all views are ${figure(total, 1)} KB`,
    )
  },
}

const [mode, ...rest] = process.argv.slice(2)
if (mode === 'bare') serveBare()
else if (mode === 'flood') await flood(Number(rest[0]))
else if (mode === 'watch') await watch(rest[0] ?? '', Number(rest[1]))
else {
  const parts = mode === undefined ? Object.values(PARTS) : [PARTS[mode]]
  for (const part of parts) console.log(`${(await part?.()) ?? `the parts are ${Object.keys(PARTS).join(', ')}`}\n`)
  process.exit(0)
}
