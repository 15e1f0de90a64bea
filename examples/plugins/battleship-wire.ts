import { defineProgram, defineProtocol, type HallAccess, type Peer, readOption, requireHall } from 'parlor'
import { battleship } from './battleship.ts'
import { automaton, patience } from './battleship-automaton.ts'
import { type Chair, listen, report } from './battleship-table.ts'

/**
 * Logs the peer in under the first name that is free. Resolves to false if the peer disconnects before it has
 * a name.
 */
async function enter(peer: Peer, hall: HallAccess): Promise<boolean> {
  for (let message = await peer.receive(); message.name === 'NAME'; message = await peer.receive()) {
    const refusal = await hall.logIn(message.fields[0] ?? '')
    if (refusal) peer.refuse(refusal.refused)
    else {
      peer.send('HELLO', hall.name ?? '')
      return true
    }
  }
  return false
}

const protocol = defineProtocol({
  name: 'battleship',
  title: 'battleship of two clients, matched by the server',
  automaton,
  async server(peer, { seating, options }) {
    const hall = requireHall(seating)
    if (!(await enter(peer, hall))) return
    const wait = 1000 * (readOption(options, patience) ?? 10)
    let seat: Chair | undefined
    const play = async () => {
      seat = hall.resume(battleship) ?? (await hall.seek(battleship, { options: {}, seats: [0, 1], wait, held: true }))
      await report(peer, seat)
    }
    // the role also receives messages while it waits for an opponent, so that the seek ends when the peer
    // disconnects
    await Promise.race([play(), listen(peer, () => seat)])
  },
  async client(peer, { console }) {
    for (let over = false; !over; ) {
      if (peer.state === 'nameless') peer.send('NAME', await console.ask('Your name: '))
      if (peer.state === 'aiming') peer.send('SHOT', await console.ask('Your shot: '))
      const { name, text } = await peer.receive()
      console.say(text)
      over = name === 'OVER'
    }
  },
})

/** `needs: 'hall'` declares that the peers of the program meet in the hall. */
export const games = [battleship]
export const programs = [defineProgram({ name: 'example/battleship', short: 'battleship', protocol, needs: 'hall', takes: [patience] })]
