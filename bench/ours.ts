// Parlor's server with one program, as `parlor serve` starts it: limits and all.
import { chance } from '../src/games/random.ts'
import { programOf } from '../src/protocols/index.ts'
import { Server } from '../src/server/server.ts'
import { obey } from './control.ts'
import { echo } from './echo.ts'

const name = process.argv[2] ?? ''
const program = name === 'echo' ? echo : await programOf(name)
if (!program) throw new Error(`there is no program ${name}`)
const server = new Server({
  programs: [program],
  host: '127.0.0.1',
  ports: { [program.name]: 0 },
  iterative: new Set(),
  limits: { first: 120_000, idle: 600_000 },
  options: {},
  random: chance,
  // the load counts what goes wrong in a game; idle clients are let go in the middle of theirs
  onTrouble: () => {},
})
const [place] = await server.open()
if (!place || place.failure) throw place?.failure ?? new Error('nothing listens')
obey(place.address.port)
