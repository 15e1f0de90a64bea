// The load of the benchmark if load.c cannot run: the same arguments, the same clients, the same line of JSON.
import { connect, type Socket } from 'node:net'

const [game = '', port = '', connections = '', warm = '', measure = '', seed = ''] = process.argv.slice(2)
/** Milliseconds between two moves of one player, in pace. */
const PERIOD = 1000
const LINE = 'a line of text, as a person types'
const ROWS = ['012', '345', '678', '036', '147', '258', '048', '246']

const samples: number[] = []
const begin = performance.now()
const from = begin + Number(warm)
const until = from + Number(measure)
let state = (Math.imul(Number(seed), 2654435761) + 1) >>> 0
let messages = 0
let games = 0
let errors = 0
let open = 0
let greeted = 0
let ending = false

class Client {
  readonly #socket: Socket
  /** Time of the first move in pace, in milliseconds since the start. */
  readonly #moment: number
  #rest = ''
  #asked = 0
  #over = false
  #low = 1
  #high = 100
  #guess = 0
  #board = '---------'

  constructor(moment: number) {
    open++
    this.#moment = moment
    this.#socket = connect({ host: '127.0.0.1', port: Number(port), noDelay: true })
    this.#socket
      .on('data', (bytes: Buffer) => this.#data(bytes.toString('latin1')))
      .on('error', () => {
        this.#over = false
      })
      .on('close', () => this.#closed())
    if (game === 'echo') this.#send(LINE)
  }

  #send(text: string): void {
    this.#asked = performance.now()
    this.#socket.write(`${text}\n`, 'latin1')
  }

  #recordAnswer(): void {
    if (this.#asked === 0) return
    const at = performance.now()
    messages++
    if (at >= from && at < until) samples.push((at - this.#asked) * 1000)
    this.#asked = 0
  }

  #data(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) {
      if (game === 'idle') greeted++
      else if (game === 'echo') this.#echo(line)
      else if (game === 'tictactoe' || game === 'pace') this.#move(line)
      else this.#guessing(line)
    }
  }

  #echo(line: string): void {
    if (line !== LINE) errors++
    this.#recordAnswer()
    if (!ending) return this.#send(LINE)
    this.#over = true
    this.#socket.end()
  }

  #guessing(line: string): void {
    if (line === 'LOW') this.#low = this.#guess + 1
    else if (line === 'HIGH') this.#high = this.#guess - 1
    else if (line === 'WIN' || line === 'GAMEOVER') {
      this.#recordAnswer()
      this.#over = true
    } else if (line === 'GUESS') {
      this.#recordAnswer()
      this.#guess = Math.floor((this.#low + this.#high) / 2)
      this.#send(String(this.#guess))
    } else errors++
  }

  #move(line: string): void {
    const cell = Number(/^MOVE([1-9])$/.exec(line)?.[1]) - 1
    if (this.#board[cell] !== '-') {
      errors++
      return
    }
    this.#recordAnswer()
    this.#mark(cell, 'O')
    if (this.#over) return
    const free = [...this.#board].map((_, at) => at).filter((at) => this.#board[at] === '-')
    const own = free[chance(free.length)] ?? 0
    this.#mark(own, 'X')
    if (game === 'pace') setTimeout(() => this.#send(`MOVE${own + 1}`), this.#untilMoment())
    else this.#send(`MOVE${own + 1}`)
  }

  /** Returns the milliseconds until the player's next moment; the moments do not shift if the server is slow. */
  #untilMoment(): number {
    return PERIOD - ((performance.now() - begin - this.#moment) % PERIOD)
  }

  #mark(cell: number, player: string): void {
    this.#board = this.#board.slice(0, cell) + player + this.#board.slice(cell + 1)
    const won = ROWS.some((row) => [...row].every((at) => this.#board[Number(at)] === player))
    this.#over = won || !this.#board.includes('-')
  }

  #closed(): void {
    open--
    if (game === 'echo' && this.#over) return
    if (this.#over) this.#recordAnswer()
    else errors++
    games++
    if (!ending) new Client(this.#moment)
  }
}

function chance(below: number): number {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return (state >>> 0) % below
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5))
}

process.stdin.on('end', () => process.exit(errors > 0 ? 1 : 0)).resume()
if (game === 'idle') {
  for (let n = 0; n < Number(connections); n++) {
    new Client(0)
    while (open - greeted > 1000) await pause()
  }
  while (greeted < Number(connections)) await pause()
  console.log(JSON.stringify({ ready: greeted }))
} else {
  for (let n = 0; n < Number(connections); n++) {
    const moment = (n * PERIOD) / Number(connections)
    while (game === 'pace' && performance.now() - begin < moment) await pause()
    new Client(moment)
  }
  while (performance.now() < until && errors === 0) await pause()
  ending = true
  for (const limit = performance.now() + 10_000; open > 0 && performance.now() < limit; ) await pause()
  samples.sort((a, b) => a - b)
  const percentile = (part: number) => Math.round((samples[Math.floor((samples.length - 1) * part)] ?? 0) * 10) / 10
  const [p50, p99] = [percentile(0.5), percentile(0.99)]
  const measured = { messages: samples.length, seconds: Number(measure) / 1000, p50, p99 }
  console.log(JSON.stringify({ ...measured, allMessages: messages, allGames: games, errors: errors + open }))
  process.exit()
}
