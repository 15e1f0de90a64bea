// Plays games in a hall into a folder, and waits to be killed: node bench/restart-folder.ts FOLDER UNFINISHED FINISHED
// The hall writes to the folder as in a server. A tenth of the finished games is rated; the other games have two anonymous worksheet
// clients, or such a client and the house, as players. Every unfinished game has players who can return.

import { createSystemClock } from '../src/base/clock.ts'
import { games } from '../src/games/index.ts'
import { seededRandom } from '../src/games/random.ts'
import { Hall } from '../src/hall/hall.ts'
import { HOUSE, PEER, type SeatOwner } from '../src/hall/ports.ts'
import type { TableActor } from '../src/hall/table-actor.ts'
import { openStore } from '../src/storage/sqlite/index.ts'

/** Games played at the same time. */
const AT_ONCE = 100

const [folder = '', unfinished = '20000', finished = '200000'] = process.argv.slice(2)
const random = seededRandom(1)
const store = await openStore({ folder })
const onError = (sentence: string, reason: unknown) => {
  throw new Error(sentence, { cause: reason })
}
const hall = new Hall({ store, games, clock: createSystemClock(), random, onError })
const LETTERS = [...'esiarntolcdugpmhbyfvkwzxjq']
const PEER_OWNER: SeatOwner = { person: PEER, name: 'tjc/tictactoe' }
const HOUSE_OWNER: SeatOwner = { person: HOUSE, name: 'house' }

const all = Number(unfinished) + Number(finished)
let stay = Number(unfinished)
for (let from = 0; from < all; from += AT_ONCE) {
  const count = Math.min(AT_ONCE, all - from)
  // each batch gets its share of the unfinished games
  const staying = Math.min(stay, Math.ceil((Number(unfinished) / all) * count))
  stay -= staying
  await play(await Promise.all(Array.from({ length: count }, (_, at) => open(from + at, at < staying))))
}
await hall.recorder.settled()
process.stdout.write('done\n')
// only a SIGKILL is a crash
setInterval(() => {}, 60_000)

/** Playing is a game and the number of moves after which it stops; `Infinity` for a game that is played to its end. */
interface Playing {
  readonly table: TableActor
  readonly moves: number
}

async function open(n: number, stays: boolean): Promise<Playing> {
  const moves = stays ? random.integer(0, 4) : Number.POSITIVE_INFINITY
  const owner = (seat: number): SeatOwner => ({
    person: `account:${1 + ((2 * n + seat) % 5000)}`,
    name: `user${n}`,
    token: makeToken(2 * n + seat),
  })
  if (n % 10 === 3) return { table: await hall.open('hangman', { options: {}, seats: [stays ? owner(0) : PEER_OWNER] }), moves }
  const seats = stays || n % 10 === 5 ? [owner(0), owner(1)] : n % 10 === 7 ? [PEER_OWNER, PEER_OWNER] : [HOUSE_OWNER, PEER_OWNER]
  return { table: await hall.open('tictactoe', { options: {}, seats, rated: n % 10 === 5 && !stays }), moves }
}

/** Returns 64 digits, as long as the SHA-256 of a token. */
function makeToken(n: number): string {
  return n.toString(16).padStart(64, '0')
}

/** Plays the games in rounds of one move each, and waits until the store has persisted each round. */
async function play(playing: readonly Playing[]): Promise<void> {
  for (let move = 0; ; move++) {
    const on = playing.filter(({ table, moves }) => !table.over && move < moves)
    for (const { table } of on) step(table, move)
    await Promise.all(playing.map(({ table }) => table.persisted()))
    if (on.length === 0) return
  }
}

function step(table: TableActor, n: number): void {
  const { rules, position, toMove } = table.state
  const [seat = 0] = toMove
  const move = rules.name === 'hangman' ? LETTERS[n] : random.choice([...(rules.moves?.(position, seat) ?? [])])
  const refusal = table.submit({ type: 'play', seat, move })
  if (refusal) throw new Error(refusal.refused)
}
