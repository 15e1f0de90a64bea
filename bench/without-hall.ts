// Parlor's server with one program, with the limits of `parlor serve` but without a hall: node bench/without-hall.ts PROGRAM
// The house takes the opposite seat immediately, at a table of the connection's own, and the server persists nothing.

import { createSystemClock } from '../src/base/clock.ts'
import { isPlayable, playSeat } from '../src/games/ai/house.ts'
import { chance } from '../src/games/random.ts'
import { loadProgram } from '../src/programs/index.ts'
import { LocalSeating } from '../src/protocol/seating.ts'
import { Server } from '../src/server/server.ts'
import { obey } from './control.ts'
import { echo } from './echo.ts'

const name = process.argv[2] ?? ''
const program = name === 'echo' ? echo : await loadProgram(name)
if (!program) throw new Error(`no program is named "${name}": expected "echo" or a name that "parlor protocols" lists`)
const server = new Server({
  programs: [program],
  host: '127.0.0.1',
  ports: { [program.name]: 0 },
  iterative: new Set(),
  // `serve` counts in the same way; the load does not reach these limits
  limits: { first: 120_000, idle: 600_000, connections: 1_000_000, burst: 1_000_000, messages: 1_000_000 },
  options: {},
  random: chance,
  // the load itself counts failed games, and idle clients disconnect in the middle of their games
  logs: { log: () => {} },
  clock: createSystemClock(),
})
const [place] = await server.listen()
if (!place || place.failure) throw place?.failure ?? new Error('the server does not listen')
server.admit({
  createSeating: (line) =>
    new LocalSeating(
      (game) => (isPlayable(game) ? (seat) => playSeat(game, seat, chance) : undefined),
      chance,
      (reason) => line.end(String(reason)),
    ),
  closeHall: () => {},
})
obey(place.address.port)
