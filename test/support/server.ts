import { seeded } from '../../src/games/random.ts'
import type { Program } from '../../src/protocols/protocol.ts'
import { Server, type Serving } from '../../src/server/server.ts'
import type { Address } from '../../src/wire/transport.ts'
import { premises } from './premises.ts'

/** Opens a server of one program on this machine, at any port, with what is given in place of what is usual. The test stops it. */
export async function openServer(
  program: Program,
  serving: Partial<Serving> = {},
): Promise<{ readonly server: Server; readonly address: Address }> {
  const { random = seeded(1), clock } = serving
  const server = new Server({
    premises: serving.premises ?? premises({ random, ...(clock ? { clock } : {}) }),
    programs: [program],
    host: '127.0.0.1',
    ports: { [program.name]: 0 },
    iterative: new Set(),
    limits: { first: 60_000, idle: 60_000 },
    options: {},
    random,
    logs: { tell() {} },
    ...serving,
  })
  const [place] = await server.open()
  if (!place || place.failure !== undefined) throw new Error(`${program.name} does not listen`, { cause: place?.failure })
  return { server, address: place.address }
}
