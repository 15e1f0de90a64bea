import { readFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { build } from 'vite'
import { WebSocketServer } from 'ws'
import { ConnectionClosed, LineSocket } from './line-socket.ts'

/** The policy under which the page has to work: nothing inline, nothing from elsewhere. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

/** Builds the page into a folder. */
export async function buildPage(outDir: string): Promise<void> {
  await build({ configFile: join(import.meta.dirname, '../../vite.config.ts'), logLevel: 'warn', build: { outDir } })
}

/** PageServer serves a built page, and connects its WebSockets to the front door of a server. */
export class PageServer {
  readonly url: string
  readonly #http: ReturnType<typeof createServer>
  readonly #sockets: WebSocketServer
  readonly #lines = new Set<LineSocket>()

  private constructor(http: ReturnType<typeof createServer>, door: number) {
    this.#http = http
    this.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/`
    this.#sockets = new WebSocketServer({ server: http, path: '/ws' })
    this.#sockets.on('connection', (socket) => {
      const line = new LineSocket(door)
      this.#lines.add(line)
      line.say('style json')
      void this.#copy(line, (text) => socket.send(text)).finally(() => socket.close())
      socket.on('message', (data) => line.say(String(data)))
      socket.on('close', () => line.close())
    })
  }

  /** Starts a server of the page in `folder` for the front door at a port. */
  static async start(folder: string, door: number): Promise<PageServer> {
    const http = createServer((request, response) => void serveFile(folder, request.url ?? '/', response))
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    return new PageServer(http, door)
  }

  /** Breaks all connections of pages without a word. */
  cut(): void {
    for (const client of this.#sockets.clients) client.terminate()
  }

  async stop(): Promise<void> {
    this.cut()
    for (const line of this.#lines) line.close()
    this.#http.closeAllConnections()
    await new Promise((resolve) => this.#http.close(resolve))
  }

  async #copy(line: LineSocket, send: (text: string) => void): Promise<void> {
    try {
      for (;;) {
        const text = await line.hear()
        if (text.startsWith('{')) send(text)
      }
    } catch (reason) {
      if (!(reason instanceof ConnectionClosed)) throw reason
      this.#lines.delete(line)
    }
  }
}

async function serveFile(folder: string, address: string, response: ServerResponse): Promise<void> {
  const path = new URL(address, 'http://page').pathname
  if (path === '/api/protocols') return void response.writeHead(200, { 'content-type': 'application/json' }).end('{"protocols":[]}')
  const file = join(folder, path === '/' ? 'index.html' : path)
  try {
    const content = await readFile(file)
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain', 'content-security-policy': POLICY }).end(content)
  } catch {
    response.writeHead(404).end()
  }
}
