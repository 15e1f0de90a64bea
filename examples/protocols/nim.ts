import type { Seat } from '../../src/games/game.ts'
import { defineAutomaton } from '../../src/protocol/automaton.ts'
import { type Console, type Program, type Protocol, plainLines } from '../../src/protocol/definition.ts'
import { either } from '../../src/protocol/message-spec.ts'
import type { Peer } from '../../src/protocol/peer.ts'
import { type Nim, nim, type Take } from '../games/nim.ts'

const automaton = defineAutomaton({
  messages: {
    TAKE: either('TAKE {heap} {count}', { example: 'TAKE 2 3', accepts: /^TAKE (\d{1,4}) (\d{1,4})$/ }),
    END: either('END', { bye: true, about: 'gives up' }),
  },
  start: 'server takes',
  states: {
    'server takes': { TAKE: 'client takes', END: 'end' },
    'client takes': { TAKE: 'server takes', END: 'end' },
    end: {},
  },
  turns: { 'server takes': 'server', 'client takes': 'client' },
  quiet: ['server takes', 'client takes'],
})

type Name = keyof typeof automaton.messages
type State = keyof typeof automaton.states

/** Plays for the peer: sends the opponent's moves to the peer, and makes the moves that the peer sends. */
async function exchange(peer: Peer<Name, State>, seat: Seat<Take, Nim>): Promise<void> {
  for (;;) {
    const { view, outcome } = await seat.turn()
    if (outcome?.left !== undefined) return peer.send('END')
    if (view.last && view.turn === seat.number) peer.send('TAKE', view.last.heap, view.last.count)
    if (outcome) return
    const { name, fields } = await peer.receive()
    if (name === 'END') return seat.leave()
    const refusal = await seat.play({ heap: Number(fields[0]), count: Number(fields[1]) })
    if (refusal) peer.refuse(refusal.refused)
  }
}

/** Plays for the person at this terminal. */
async function sitDown(seat: Seat<Take, Nim>, console: Console): Promise<void> {
  for (;;) {
    const { view, outcome } = await seat.turn()
    if (outcome) return console.say(outcome.winners.includes(seat.number) ? 'You win!' : 'You lose.')
    console.say(nim.notation.render(view))
    for (let moved = false; !moved; ) {
      const typed = await console.ask('Heap and number of stones (END to give up): ', 'END')
      const givesUp = typed.trim().toUpperCase() === 'END'
      if (givesUp) seat.leave()
      const take = nim.notation.parse(typed)
      moved = givesUp || (!('refused' in take) && !(await seat.play(take)))
    }
  }
}

const protocol: Protocol<Name, State> = {
  name: 'nim',
  title: 'the two sides take stones in turn, and the player who takes the last stone wins',
  automaton,
  framing: plainLines,
  server: async (peer, { seating }) => exchange(peer, await seating.sit(nim, 1, {})),
  client: async (peer, { seating }) => exchange(peer, await seating.sit(nim, 0, {})),
  opposite: (seat: Seat<Take, Nim>, { console }) => sitDown(seat, console),
}

/** Nim over a network: the example of CONTRIBUTING.md. */
export const programs: readonly Program<Name, State>[] = [
  {
    name: 'example/nim',
    source: 'CONTRIBUTING',
    protocol,
    words: undefined,
    port: 12399,
    servePort: 12399,
    host: { types: true },
    join: {},
  },
]
