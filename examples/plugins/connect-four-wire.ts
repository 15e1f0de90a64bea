import { defineProgram, defineProtocol, either, type Peer, playForPeer, type Seat, server } from 'parlor'
import { connectFour, type Grid } from './connect-four.ts'

type Message = 'BEGIN' | 'DROP' | 'END' | 'OVER'

/** Plays for the peer: sends the opponent's moves to the peer, and makes the moves that the peer sends. */
function exchange(peer: Peer<Message>, seat: Seat<number, Grid>): Promise<void> {
  return playForPeer(peer, seat, {
    leaves: ['END'],
    report({ view, turn, outcome }) {
      if (outcome?.left !== undefined) peer.send(peer.other === 'client' ? 'OVER' : 'END')
      else if (view.last && view.turn === seat.number) peer.send('DROP', view.last)
      else if (turn && peer.state === 'start') peer.send('BEGIN')
    },
    read: ({ fields }) => Number(fields[0]),
  })
}

const protocol = defineProtocol({
  name: 'connect-four',
  title: 'connect four: the two sides drop discs in turn, and four in a line win',
  automaton: {
    messages: {
      BEGIN: server('BEGIN', { about: 'the client drops first' }),
      DROP: either('DROP {column}', { example: 'DROP 4', accepts: /^DROP ([1-7])$/, range: 'from 1 to 7' }),
      END: either('END', { bye: true, about: 'gives up' }),
      OVER: server('OVER', { bye: true, about: 'the opponent has given up' }),
    },
    start: 'start',
    states: {
      start: { DROP: 'client drops', BEGIN: 'client drops', OVER: 'left' },
      'server drops': { DROP: 'client drops', END: 'left', OVER: 'left' },
      'client drops': { DROP: 'server drops', END: 'left', OVER: 'left' },
      // a message of the client can arrive after the server has sent OVER
      left: { DROP: 'left', END: 'left' },
    },
    turns: { start: 'server', 'server drops': 'server', 'client drops': 'client', left: 'client' },
    quiet: ['server drops', 'client drops', 'left'],
  },
  // both seats, so that two clients of the port can meet; without an opponent the peer gets seat 1, so the other side begins
  server: async (peer, { seating }) => exchange(peer, await seating.sit(connectFour, [1, 0], {})),
  async client(peer, { seating }) {
    const first = await peer.receive()
    if (first.name === 'OVER') return
    const seat = await seating.sit(connectFour, first.name === 'BEGIN' ? 1 : 0, {})
    if (first.name === 'DROP') seat.play(Number(first.fields[0]))
    await exchange(peer, seat)
  },
})

/** A plug-in exports its games and its programs. */
export const games = [connectFour]
export const programs = [defineProgram({ name: 'example/connect-four', short: 'connect-four', protocol })]
