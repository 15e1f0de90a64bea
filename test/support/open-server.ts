import { seededRandom } from '../../src/games/random.ts'
import type { Program } from '../../src/protocol/definition.ts'
import { type SeatingFactory, Server, type ServerOptions } from '../../src/server/server.ts'
import type { Address } from '../../src/wire/transport.ts'
import { openLobby } from './lobby-service.ts'

/** Opens a server of one program on this machine, at any port, with the given options. The test stops it. */
export async function openServer(
  program: Program,
  { service: seating, ...serving }: Partial<ServerOptions> & { readonly service?: SeatingFactory } = {},
): Promise<{ readonly server: Server; readonly address: Address }> {
  const { random = seededRandom(1), clock } = serving
  const server = new Server({
    programs: [program],
    host: '127.0.0.1',
    ports: { [program.name]: 0 },
    iterative: new Set(),
    limits: { first: 60_000, idle: 60_000 },
    options: {},
    random,
    logs: { log() {} },
    ...serving,
  })
  const [place] = await server.listen()
  if (!place || place.failure !== undefined) throw new Error(`${program.name} does not listen`, { cause: place?.failure })
  server.admit(seating ?? openLobby({ random, ...(clock ? { clock } : {}) }))
  return { server, address: place.address }
}
