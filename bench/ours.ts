// Parlor's server with one program, limits and all: node bench/ours.ts PROGRAM [house | FOLDER process|power]
// The hall seats the peers, as in `parlor serve`. The log is in memory, or in FOLDER, in which it survives the end of this
// process, or a power failure. With `house` there is no hall, and the house takes the opposite seat at once.

import { createSystemClock } from '../src/base/clock.ts'
import { isPlayable, playSeat } from '../src/games/ai/house.ts'
import { chance } from '../src/games/random.ts'
import { LobbyService } from '../src/lobby/service.ts'
import { loadProgram } from '../src/programs/index.ts'
import { LocalSeating } from '../src/protocol/seating.ts'
import { type SeatingFactory, Server } from '../src/server/server.ts'
import { memoryStore } from '../src/storage/memory/index.ts'
import { openStore } from '../src/storage/sqlite/index.ts'
import { obey } from './control.ts'
import { echo } from './echo.ts'

const name = process.argv[2] ?? ''
const program = name === 'echo' ? echo : await loadProgram(name)
if (!program) throw new Error(`there is no program ${name}`)
const [folder, durable] = process.argv.slice(3)
const house: SeatingFactory = {
  createSeating: (line) =>
    new LocalSeating(
      (game) => (isPlayable(game) ? (seat) => playSeat(game, seat, chance) : undefined),
      chance,
      (reason) => line.end(String(reason)),
    ),
  closeHall: () => {},
}
const clock = createSystemClock()
const onError = (sentence: string, reason: unknown) => {
  throw new Error(sentence, { cause: reason })
}
const seating = folder === 'house' ? house : await openLobby(folder)
const server = new Server({
  programs: [program],
  host: '127.0.0.1',
  ports: { [program.name]: 0 },
  iterative: new Set(),
  // the server counts as in `serve`; the limits are too high for the load to reach them
  limits: { first: 120_000, idle: 600_000, connections: 1_000_000, burst: 1_000_000, messages: 1_000_000 },
  options: {},
  random: chance,
  // the load itself counts games that went wrong, and idle clients disconnect in the middle of theirs
  logs: { log: () => {} },
  clock,
})
const [place] = await server.listen()
if (!place || place.failure) throw place?.failure ?? new Error('the server does not listen')
server.admit(seating)
obey(place.address.port)

async function openLobby(folder: string | undefined): Promise<LobbyService> {
  const store = folder === undefined ? memoryStore() : await openStore({ folder, durable: durable === 'power' ? 'power' : 'process' })
  const service = new LobbyService({ store, clock, random: chance, onError })
  await service.open()
  return service
}
