// Starts the server as `npm start` does, talks to it as a client and a browser would, and signals the server itself to stop.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

const bin = join(import.meta.dirname, '../bin/parlor.js')
const names = ['tjc/guess', 'tjc/tictactoe', 'tjc/hello']
const args = names.flatMap((name) => ['--only', name, '--port', `${name}=0`])
const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as { scripts: { start: string } }
const flags = scripts.start.split(' ').filter((word) => word.startsWith('--'))
const server = spawn(
  process.execPath,
  [...flags, bin, 'serve', '--json', '--data', 'none', '--http', 'none', '--web', '127.0.0.1:0', ...args],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
  },
)
const [first] = await once(server.stdout, 'data')
const { listening, web } = JSON.parse(String(first)) as {
  listening: { program: string; host: string; port: number }[]
  web: { url: string }
}
if (listening.length !== names.length) throw new Error(`only ${listening.length} programs listen`)

const hello = listening.find(({ program }) => program === 'tjc/hello')
if (!hello) throw new Error('tjc/hello does not listen')
const said = await text(connect(hello.port, hello.host))
if (said !== 'Hello from server\n') throw new Error(`tjc/hello said ${JSON.stringify(said)}`)

const game = listening.find(({ program }) => program === 'tjc/tictactoe')
if (!game) throw new Error('tjc/tictactoe does not listen')
const player = connect(game.port, game.host).on('error', () => {})
const [move] = await once(player, 'data')
if (!/^MOVE[1-9]\n$/.test(String(move))) throw new Error(`tjc/tictactoe said ${JSON.stringify(String(move))}`)

const page = await fetch(web.url)
const html = await page.text()
const [, script] = /<script type="module" [^>]*src="\.\/([^"]+)"/.exec(html) ?? []
if (!page.ok || script === undefined) throw new Error(`the page for browsers is ${page.status}: ${html}`)
const loaded = await fetch(new URL(script, web.url))
if (!loaded.ok || !/javascript/.test(loaded.headers.get('content-type') ?? ''))
  throw new Error(`the script of the page is ${loaded.status}`)
if (loaded.headers.get('content-encoding') === null) throw new Error('the script of the page is not compressed')

server.kill('SIGTERM')
const [code, signal] = await once(server, 'exit')
if (code !== 0) throw new Error(`the server ended with ${code ?? signal}, in the middle of a game`)
console.log('smoke start: served, answered, and stopped without an error')
