import { defineProgram, defineProtocol, either, type Peer, playAtConsole, type Seat } from 'parlor'
import { connectFour, type Grid } from './connect-four.ts'

type Message = 'DROP' | 'END'

/** Plays for the peer: sends the opponent's moves to the peer, and makes the moves that the peer sends. */
async function exchange(peer: Peer<Message>, seat: Seat<number, Grid>): Promise<void> {
  for (;;) {
    const { view, outcome } = await seat.turn()
    if (outcome?.left !== undefined) return peer.send('END')
    if (view.last && view.turn === seat.number) peer.send('DROP', view.last)
    if (outcome) return
    const { name, fields } = await peer.receive()
    if (name === 'END') return seat.leave()
    const refusal = await seat.play(Number(fields[0]))
    if (refusal) peer.refuse(refusal.refused)
  }
}

const protocol = defineProtocol({
  name: 'connect-four',
  title: 'connect four: the two sides drop discs in turn, and four in a line win',
  automaton: {
    messages: {
      DROP: either('DROP {column}', { example: 'DROP 4', accepts: /^DROP ([1-7])$/, range: 'from 1 to 7' }),
      END: either('END', { bye: true, about: 'gives up' }),
    },
    start: 'server drops',
    states: {
      'server drops': { DROP: 'client drops', END: 'end' },
      'client drops': { DROP: 'server drops', END: 'end' },
      end: {},
    },
    turns: { 'server drops': 'server', 'client drops': 'client' },
    quiet: ['server drops', 'client drops'],
  },
  server: async (peer, { seating }) => exchange(peer, await seating.sit(connectFour, 1, {})),
  client: async (peer, { seating }) => exchange(peer, await seating.sit(connectFour, 0, {})),
  opposite: (seat: Seat<number, Grid>, { console }) => playAtConsole(connectFour, seat, console),
})

/** A plug-in exports its games and its programs. */
export const games = [connectFour]
export const programs = [defineProgram({ name: 'example/connect-four', short: 'connect-four', protocol, host: { types: true } })]
