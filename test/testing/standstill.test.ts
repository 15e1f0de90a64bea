import { describe, expect, test } from 'vitest'
import { connectFour, type Grid } from '../../examples/plugins/connect-four.ts'
import {
  client,
  clientCloses,
  defineAutomaton,
  defineProgram,
  defineProtocol,
  type Peer,
  playForPeer,
  type RoleContext,
  type Seat,
  server,
} from '../../src/parlor.ts'
import type { Program } from '../../src/protocol/definition.ts'
import { testProtocol } from '../../src/testing.ts'

type Judging = Readonly<Record<string, string>>

/** The parts of a protocol in which an author makes a mistake. */
interface Mistake {
  readonly opposite?: (seat: Seat<number, Grid>, at: RoleContext<undefined>) => Promise<void>
  /** The state to which ERROR leads; by default the state in which the client moves. */
  readonly judging?: Judging
  /** The state to which OVER leads in the client's turn. */
  readonly over?: string
  readonly asks?: true
  readonly server?: (peer: Peer, at: RoleContext<undefined>) => Promise<void>
}

/** A protocol for Connect Four that asks the client for each move, and answers it. */
function programWith({ opposite, judging = { ERROR: 'aiming' }, asks, over = 'left', server: role = report }: Mistake): Program {
  const automaton = defineAutomaton<string, string>({
    messages: {
      TURN: server('TURN {last}', { example: 'TURN 4', ...(asks && { asks }) }),
      DROP: client('DROP {column}', { example: 'DROP 4' }),
      OK: server('OK'),
      ERROR: server('ERROR {sentence}', { example: 'ERROR column 4 is full' }),
      OVER: server('OVER'),
      closed: clientCloses,
    },
    start: 'waiting',
    states: {
      waiting: { TURN: 'aiming', OVER: 'end', closed: 'end' },
      aiming: { DROP: 'judging', OVER: over, closed: 'end' },
      judging: { OK: 'waiting', OVER: 'end', ...judging },
      left: { DROP: 'left', closed: 'end' },
      end: {},
    },
    quiet: ['left'],
    refusal: 'ERROR',
  })
  const protocol = defineProtocol<string, string, undefined>({
    name: 'asked',
    title: 'asks for each move',
    automaton,
    server: role,
    async client(peer, { console }) {
      for (;;) {
        const { name } = await peer.receive()
        if (name === 'OVER') return
        if (name !== 'OK' && peer.state === 'aiming') peer.send('DROP', await console.ask('Your move: '))
      }
    },
    ...(opposite && { opposite: opposite as never }),
  })
  return defineProgram({ name: 'example/asked', protocol }) as Program
}

/** Asks for a move, plays it, and answers; asks again after a refusal. */
async function report(peer: Peer, { seating }: RoleContext<undefined>): Promise<void> {
  const seat = await seating.sit(connectFour, 1, {})
  for (;;) {
    const { view, outcome } = await seat.turn()
    if (outcome) return peer.send('OVER')
    peer.send('TURN', view.last ?? '-')
    for (let moved = false; !moved; ) {
      const { name, fields } = await peer.receive()
      if (name === 'closed') return seat.leave()
      const column = connectFour.notation.parse(fields[0] ?? '')
      const refusal = typeof column === 'number' ? seat.play(column) : column
      if (refusal) peer.refuse(refusal.refused)
      moved = refusal === undefined
    }
    peer.send('OK')
  }
}

/** Plays as a role that waits for its table and its peer at the same time. */
async function playAtOnce(peer: Peer, { seating }: RoleContext<undefined>): Promise<void> {
  await playForPeer(peer, await seating.sit(connectFour, [1, 0], {}), {
    leaves: ['closed'],
    report({ view, turn, outcome }) {
      if (peer.state === 'judging') peer.send(outcome ? 'OVER' : 'OK')
      else if (outcome) peer.send('OVER')
      if (turn) peer.send('TURN', view.last ?? '-')
    },
    read: ({ fields }) => connectFour.notation.parse(fields[0] ?? ''),
  })
}

/** Runs the tests that the kit makes for a protocol; resolves to the sentences of those that fail, by the end of their titles. */
async function faultsOf(program: Program): Promise<Readonly<Record<string, string>>> {
  const tests: [string, () => void | Promise<void>][] = []
  testProtocol((title, fn) => tests.push([title, fn]), program, { walks: 20 })
  expect(tests).toHaveLength(4)
  const faults: Record<string, string> = {}
  for (const [title, fn] of tests) {
    try {
      await fn()
    } catch (reason) {
      faults[title.includes('walks') ? 'walks' : title.includes('refusal') ? 'refusal' : title] = (reason as Error).message
    }
  }
  return faults
}

describe('the kit explains within seconds', () => {
  test('nothing in a protocol without `opposite`, because the person at the terminal types moves in the notation', async () => {
    expect(await faultsOf(programWith({ server: playAtOnce }))).toEqual({})
  })

  test('an `opposite` that asks for its turn again after a refused move', async () => {
    const opposite: Mistake['opposite'] = async (seat, { console }) => {
      for (let { outcome } = await seat.turn(); !outcome; { outcome } = await seat.turn()) {
        const column = connectFour.notation.parse(await console.ask('Your move: ', '4'))
        seat.play(typeof column === 'number' ? column : 0)
      }
    }
    const { walks } = await faultsOf(programWith({ opposite }))
    expect(walks).toMatch(/^the walk with the seed \d+ is stuck: the server is in the state "waiting": /)
    expect(walks).toContain("the server's role waits for its turn in the seat 1, and `opposite` waits for its turn in the seat 0")
    expect(walks).toContain(`the client is in the state "waiting": the client's role waits for a message of the server`)
    expect(walks).toMatch(
      /The likely cause: `opposite` calls turn\(\) after the seat has refused a move \(".+"\); the seat shows no situation after a refused move/,
    )
  })

  test('a refusal that no state has, also before any conversation', async () => {
    const { walks, refusal } = await faultsOf(programWith({ judging: {} }))
    expect(walks).toContain(
      'the server is in the state "judging": the server\'s role waits for a message of the client, which may not send now',
    )
    expect(walks).toContain(
      'refuses a move in the state "judging", which has no ERROR, so the state does not change and the client may not send again',
    )
    expect(walks).toContain('let ERROR lead to "aiming", the state in which the client has sent the move')
    expect(walks).toMatch(/The last messages: .*client "DROP .+", server "ERROR .+"\.$/)
    expect(refusal).toMatch(/^the automaton has the refusal ERROR, but no state has it: .*, as in judging: \{ ERROR: 'aiming' \}$/)
  })

  test('a refusal that leads to a state in which the client may not send', async () => {
    const { walks } = await faultsOf(programWith({ judging: { ERROR: 'waiting' } }))
    expect(walks).toContain('ERROR leads from "judging" to "waiting", in which the client may not send another move')
    expect(walks).toContain('let ERROR lead to "aiming", the state in which the client has sent the refused move')
  })

  test('a request that is sent again in a state that does not allow it', async () => {
    const { walks, refusal } = await faultsOf(programWith({ asks: true }))
    expect(walks).toMatch(/^the walk with the seed \d+ has a mistake: the server's role sent "TURN .+" in the state "aiming"; expected /)
    expect(walks).toMatch(/The last messages: .*server "TURN .+", client "DROP .+", server "ERROR .+"\.$/)
    expect(refusal).toContain(`add TURN: 'aiming' to that state, or leave out "asks"`)
  })

  test('a message of the client that crosses the last message of the server', async () => {
    const { walks } = await faultsOf(programWith({ over: 'end', server: playAtOnce }))
    expect(walks).toMatch(
      /the client's role sent "DROP .+" in the state "end"; it crossed "OVER", which is legal in the client's turn and must lead/,
    )
  })

  test('an `opposite` that returns before the end', async () => {
    const { walks } = await faultsOf(programWith({ opposite: async () => {} }))
    expect(walks).toContain('`opposite` has returned before the game is over, so no player moves in the other seat')
  })

  test('a role that receives when it has to send', async () => {
    const { walks } = await faultsOf(programWith({ server: async (peer) => void (await peer.receive()) }))
    // the client may close in this state, so the role could receive only the close
    expect(walks).toContain(
      'the server\'s role receives in the state "waiting", in which only the server may send; expected the role to send ',
    )
    expect(walks).toMatch(/No message was sent before\.$/)
  })

  test('a function that asks for input without end', async () => {
    const opposite: Mistake['opposite'] = async (_, { console }) => {
      for (;;) await console.ask('Your move: ', '4')
    }
    const { walks } = await faultsOf(programWith({ opposite }))
    expect(walks).toMatch(/^the walk with the seed 1 never ends: the server has taken too many steps\./)
  })

  test('a role that throws, with the state and the messages before', async () => {
    const { walks } = await faultsOf(programWith({ server: async (peer) => peer.send('OK') }))
    expect(walks).toMatch(
      /^the walk with the seed 1 has a mistake: the server's role threw in the state "waiting": Error: the server may not say OK/,
    )
  })
})
