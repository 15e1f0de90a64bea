import { follow, type HallSeat, isRefusal, type Peer } from 'parlor'
import { battleship, type SeaView } from './battleship.ts'
import { printCell } from './sea.ts'

/** Chair is a seat at a table of Battleship in the hall. */
export type Chair = HallSeat<number, SeaView>

/** Sends the peer the events at its table, until the game is over. */
export function report(peer: Peer, seat: Chair): Promise<void> {
  let reported: number | undefined
  return follow(seat, ({ view: { shots }, turn, outcome }) => {
    const [own = [], theirs = []] = [shots[seat.number], shots[1 - seat.number]]
    if (reported !== undefined && own.length > reported) peer.send(own.at(-1)?.hit ? 'HIT' : 'MISS')
    reported = own.length
    const last = theirs.at(-1)
    if (outcome) peer.send('OVER', outcome.winners.includes(seat.number) ? 'won' : 'lost')
    else if (turn) peer.send('TURN', last ? printCell(last.cell) : '-')
    return outcome !== undefined
  })
}

/** Makes the shots that the peer sends. Resolves when the peer disconnects. */
export async function listen(peer: Peer, seat: () => Chair | undefined): Promise<void> {
  for (let message = await peer.receive(); message.name === 'SHOT'; message = await peer.receive()) {
    const cell = battleship.notation.parse(message.fields[0] ?? '')
    const refusal = isRefusal(cell) ? cell : seat()?.play(cell)
    if (refusal) peer.refuse(refusal.refused)
  }
}
