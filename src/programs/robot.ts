import { type Instruction, robot } from '../games/robot.ts'
import { defineAutomaton } from '../protocol/automaton.ts'
import type { Console, Program, Protocol } from '../protocol/definition.ts'
import { client } from '../protocol/message-spec.ts'
import { Disconnected } from '../wire/disconnect.ts'
import { lines } from '../wire/framing/lines.ts'
import { pythonAddress } from './python/values.ts'

const automaton = defineAutomaton({
  messages: {
    FORWARD: client('FORWARD'),
    LEFT: client('LEFT'),
    RIGHT: client('RIGHT'),
    END: client('END', { bye: true }),
  },
  start: 'driving',
  states: {
    driving: { FORWARD: 'driving', LEFT: 'driving', RIGHT: 'driving', END: 'end' },
    end: {},
  },
})

type Name = keyof typeof automaton.messages
type State = keyof typeof automaton.states

const remoteControl: Protocol<Name, State, undefined> = {
  name: 'robot',
  title: 'the client steers a robot on a grid',
  automaton,
  framing: () => ({ toServer: lines(), toClient: lines() }),

  async server(peer, { seating, console }) {
    const seat = await seating.sit(robot, 0, undefined)
    for (;;) {
      const { view } = await seat.next()
      console.say(robot.notation.render(view))
      const { name } = await peer.receive()
      if (name === 'END') return seat.leave()
      seat.play(name)
    }
  },

  async client(peer, { console }) {
    while (peer.state !== 'end') {
      const next = await askInstruction(console)
      const wrong = peer.early()
      if (wrong !== undefined) throw new Disconnected('violation', wrong)
      peer.send(next)
    }
  },
}

/** Asks the person until the input is an instruction. */
async function askInstruction(console: Console): Promise<Instruction | 'END'> {
  for (;;) {
    const typed = await console.ask('FORWARD, LEFT, RIGHT or END: ', 'END')
    if (typed.trim().toUpperCase() === 'END') return 'END'
    const move = robot.notation.parse(typed)
    if (typeof move === 'string') return move
  }
}

/** TJC notes: the question of section 6. */
export const programs: readonly Program<Name, State, undefined>[] = [
  {
    name: 'tjc/robot',
    source: '000 section 6, question',
    protocol: remoteControl,
    words: undefined,
    port: 12350,
    servePort: 12350,
    host: { connected: (client) => `Connected to: ${pythonAddress(client)}` },
    join: {},
  },
]
