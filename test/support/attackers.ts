import type { ToClient } from '../../src/native/messages.ts'
import { NativeLink } from './native-link.ts'
import { startServe } from './process.ts'

/** A connection to the front door in JSON lines, with the messages received. */
export interface Attacker {
  readonly link: NativeLink
  readonly received: ToClient[]
}

/** Starts a server with a front door; `open` opens connections from any address of this machine; `cleanup` ends both. */
export async function startFrontDoor(cleanup: AsyncDisposableStack, ...more: string[]) {
  const { server, ports } = await startServe(['parlor/door', 'fh/quiz'], ...more)
  cleanup.use(server)
  const open = async (from?: string): Promise<Attacker> => {
    const received: ToClient[] = []
    const link = await NativeLink.open(ports['parlor/door'] ?? 0, (message) => received.push(message), from)
    cleanup.defer(() => link.close())
    return { link, received }
  }
  return { server, ports, open }
}
