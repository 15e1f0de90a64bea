import { chance } from '../games/random.ts'
import { Conversation } from '../protocols/conversation.ts'
import { programOf } from '../protocols/index.ts'
import { Terminal } from '../terminal/terminal.ts'
import { connectTcp, listenTcp } from '../wire/transports/tcp.ts'

export async function main(argv: string[]): Promise<void> {
  const [, , command, name = '', ...rest] = argv
  const program = await programOf(name)
  if (!program) throw new Error('no such program')
  const terminal = new Terminal()
  const opt = (n: string) => {
    const i = rest.indexOf(n)
    return i < 0 ? undefined : rest[i + 1]
  }
  const secret = opt('--secret')
  const options = secret ? { secret } : {}
  if (command === 'host') {
    const at = { host: opt('--host') ?? '127.0.0.1', port: Number(opt('--port') ?? program.port) }
    const listener = await listenTcp(at, async (transport) => {
      const c = program.host.connected?.(transport.remote)
      if (c) terminal.say(c)
      const conv = new Conversation({ program, side: 'server', transport, person: terminal, options, random: chance })
      const end = await conv.done
      terminal.close()
      await listener.close()
      if (end) {
        console.error(end.message)
        process.exitCode = 1
      }
    })
    const l = program.host.listening?.(listener.address)
    if (l) terminal.say(l)
  } else {
    const transport = await connectTcp({ host: rest[0] ?? '127.0.0.1', port: Number(rest[1] ?? program.port) }, 3000)
    const conv = new Conversation({ program, side: 'client', transport, person: terminal, options, random: chance })
    const end = await conv.done
    terminal.close()
    if (end) {
      console.error(end.message)
      process.exitCode = 1
    }
  }
}
