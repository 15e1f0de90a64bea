// The load of the other benchmarks for the Colyseus server: node load.js tictactoe PORT CONNECTIONS WARM_MS MEASURE_MS SEED
import { Client } from '@colyseus/sdk'
import { FREE, mark, over } from '../rules.ts'

const [, port = '', connections = '', warm = '', measure = ''] = process.argv.slice(2)
/** Maximum of pending requests for new rooms. */
const AT_ONCE = 50
const client = new Client(`ws://127.0.0.1:${port}`)
const begin = performance.now()
const from = begin + Number(warm)
const until = from + Number(measure)
const samples = []
let messages = 0
let games = 0
let errors = 0
let pending = 0

async function play() {
  while (performance.now() < until) {
    while (pending >= AT_ONCE) await new Promise((resolve) => setTimeout(resolve, 5))
    pending++
    let room
    try {
      room = await client.create('tictactoe')
    } catch {
      errors++
      return
    } finally {
      pending--
    }
    await game(room)
    games++
    await room.leave()
  }
}

function game(room) {
  let board = FREE
  let asked = 0
  const recordAnswer = () => {
    if (asked === 0) return
    const at = performance.now()
    messages++
    if (at >= from && at < until) samples.push((at - asked) * 1000)
    asked = 0
  }
  return new Promise((resolve) => {
    room.onMessage('over', () => {
      recordAnswer()
      resolve()
    })
    room.onMessage('move', (cell) => {
      recordAnswer()
      board = mark(board, cell, 'O')
      if (over(board)) return
      const free = [...board].map((_, at) => at).filter((at) => board[at] === '-')
      const own = free[Math.floor(Math.random() * free.length)] ?? 0
      board = mark(board, own, 'X')
      asked = performance.now()
      room.send('move', own)
    })
    room.onLeave(() => resolve())
  })
}

await Promise.all(Array.from({ length: Number(connections) }, play))
samples.sort((one, other) => one - other)
const percentile = (part) => samples[Math.floor((samples.length - 1) * part)] ?? 0
const measured = { answers: samples.length, seconds: Number(measure) / 1000, p50: percentile(0.5), p99: percentile(0.99) }
process.stdout.write(`${JSON.stringify({ ...measured, sent: messages, games, errors })}\n`, () => process.exit())
