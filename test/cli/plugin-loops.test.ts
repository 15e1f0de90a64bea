import { describe, expect, onTestFinished, test } from 'vitest'
import { LineSocket } from '../support/line-socket.ts'
import { examples, pluginFile } from '../support/plugins.ts'
import { startServe } from '../support/process.ts'

/** A plug-in whose server computes without end after HANG, in one of several ways. */
function hanging(loop: string): string {
  return `import { client, defineProgram, defineProtocol, server } from 'parlor'
async function hang(): Promise<void> {
  let n = 0
  ${loop}
}
const protocol = defineProtocol({
  name: 'hanging', title: 'the server computes without end',
  automaton: {
    messages: { HANG: client('HANG'), PING: client('PING'), PONG: server('PONG'), ERROR: server('ERROR {reason}', { example: 'ERROR no' }) },
    start: 'open', states: { open: { HANG: 'busy', PING: 'asked' }, asked: { PONG: 'open', ERROR: 'open' }, busy: { PONG: 'open' } },
    quiet: ['open'],
    refusal: 'ERROR',
  },
  async server(peer) {
    for (;;) {
      const { name } = await peer.receive()
      if (name === 'HANG') await hang()
      peer.send('PONG')
    }
  },
  async client(peer) { peer.send('PING') },
})
export const programs = [defineProgram({ name: 'example/hanging', short: 'hanging', protocol })]
`
}

/** Connects to a port, until the end of the test. */
function connect(port = 0): LineSocket {
  const socket = new LineSocket(port)
  onTestFinished(() => socket.close())
  return socket
}

describe('a role of a plug-in that computes without end', () => {
  test.each([
    ['in a loop', 'for (;;) n++'],
    ['in a loop that waits for nothing', 'while (n >= 0) await undefined'],
    ['in a loop that catches each error', 'do { try { for (;;) n++ } catch { n++ } } while (true)'],
    ['over a set that grows', 'const set = new Set([0]); for (const one of set) set.delete(one), set.add(one + 1)'],
    ['in a loop with callbacks', 'const data = [1]; for (;;) data.map((one) => { for (const _ of data) n += one })'],
  ])(
    '%s ends with its conversation, and all others continue',
    async (_, loop) => {
      const file = await pluginFile(hanging(loop), 'hanging.ts')
      const four = `${examples}/connect-four-wire.ts`
      const { server, ports } = await startServe(['example/hanging', 'example/connect-four', 'guess'], '--plugin', file, '--plugin', four)
      await using _server = server
      const [bad, good, guess, player] = [
        connect(ports['example/hanging']),
        connect(ports['example/hanging']),
        connect(ports['tjc/guess']),
        connect(ports['example/connect-four']),
      ]
      good.say('PING')
      expect([await good.hear(), await player.hear()]).toEqual(['PONG', expect.stringMatching(/^DROP \d$/)])
      bad.say('HANG')
      expect(await bad.hear()).toBe('ERROR this side has failed, and has to end the conversation')
      await bad.gone
      good.say('PING')
      guess.say('50')
      player.say('DROP 4')
      expect([await good.hear(), await player.hear()]).toEqual(['PONG', expect.stringMatching(/^DROP \d$/)])
      expect(await guess.hear()).not.toBe('')
      await server.complains(/\n/)
      expect(server.errors.replace(/\s+/g, ' ')).toMatch(/example\/hanging.*a loop in hanging\.ts took longer than 1000 ms/)
    },
    30_000,
  )
})
