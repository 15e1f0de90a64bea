import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Telnet } from '../../src/wire/telnet.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'
import { concatBytes, splitAt } from '../support/decoding.ts'
import { recordReceived } from '../support/received.ts'
import { settled } from '../support/test-clock.ts'

const [SE, NOP, DM, AYT, SB, WILL, WONT, DO, DONT, IAC] = [240, 241, 242, 246, 250, 251, 252, 253, 254, 255] as const
const [BINARY, ECHO, SGA, TM, NAWS] = [0, 1, 3, 6, 31] as const
const [BRK, IP] = [243, 244] as const

/** Parlor's end with the telnet filter, and the peer's raw end. */
function ends() {
  const [here, there] = memoryPair()
  const telnet = new Telnet(here)
  const bytes: number[] = []
  const ended: string[] = []
  telnet.open({ data: (came) => bytes.push(...came), finished: () => ended.push('finished'), closed: (how) => ended.push(how ?? 'closed') })
  return { telnet, there, bytes, ended, peer: recordReceived(there), answers: () => here.written.map((write) => [...write]) }
}

/** Returns the text of a stream that arrives in these pieces, and the answers. */
function taken(pieces: readonly Uint8Array[]) {
  const { telnet, bytes, answers } = ends()
  for (const piece of pieces) telnet.data(piece)
  return { text: bytes, answers: answers(), active: telnet.active }
}

const places = fc.array(fc.nat(2000), { maxLength: 12 })
const everywhere = (bytes: Uint8Array) => Array.from(bytes, (_, at) => at)

/** Generates input of a telnet peer: its bytes, and the text in them. */
const said = fc.oneof(
  { weight: 3, arbitrary: fc.uint8Array({ max: 254, maxLength: 8 }).map((bytes) => [...bytes].filter((byte) => byte !== 13)) },
  fc.constant([104, 105, 13, 10]),
)
const parts = fc.oneof(
  said.map((text) => ({ bytes: text, text })),
  fc.constant({ bytes: [IAC, IAC], text: [IAC] }),
  fc.constant({ bytes: [13, 0], text: [13, 10] }),
  fc.constantFrom(NOP, DM, SE, 244, 249).map((command) => ({ bytes: [IAC, command], text: [] })),
  fc.tuple(fc.constantFrom(WILL, WONT, DO, DONT), fc.nat(255)).map((option) => ({ bytes: [IAC, ...option], text: [] })),
  fc.uint8Array({ max: 254, maxLength: 20 }).map((inside) => ({ bytes: [IAC, SB, ...inside, IAC, SE], text: [] })),
  fc.constant({ bytes: [IAC, SB, NAWS, 0, IAC, IAC, 0, 24, IAC, SE], text: [] }),
)

describe('telnet input', () => {
  test('bytes without an IAC pass unchanged, broken UTF-8 and control characters too, without an answer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ max: 254, maxLength: 200 }), places, (bytes, cuts) => {
        expect(taken(splitAt(bytes, cuts))).toEqual({ text: [...bytes], answers: [], active: false })
      }),
    )
  })

  test('commands, options and subnegotiations are removed from the text, with the stream split anywhere', () => {
    fc.assert(
      fc.property(fc.array(parts), places, (all, cuts) => {
        const bytes = Uint8Array.from([IAC, NOP, ...all.flatMap((part) => part.bytes)])
        const text = all.flatMap((part) => part.text)
        expect(taken([bytes]).text).toEqual(text)
        expect(taken(splitAt(bytes, cuts)).text).toEqual(text)
        expect(taken(splitAt(bytes, everywhere(bytes))).text).toEqual(text)
      }),
    )
  })

  test('any bytes decode to the same text, split anywhere, and never to more text than bytes', () => {
    const telling = fc.constantFrom(SE, NOP, AYT, SB, WILL, WONT, DO, DONT, IAC, ECHO, SGA, 0, 10, 13, 97)
    const bytes = fc.array(fc.oneof({ weight: 4, arbitrary: telling }, fc.nat(255)), { maxLength: 200 })
    fc.assert(
      fc.property(bytes, places, (all, cuts) => {
        const whole = taken([Uint8Array.from(all)])
        expect(taken(splitAt(Uint8Array.from(all), cuts))).toEqual(whole)
        expect(taken(splitAt(Uint8Array.from(all), everywhere(Uint8Array.from(all))))).toEqual(whole)
        expect(whole.text.length).toBeLessThanOrEqual(all.length)
      }),
      { numRuns: 500 },
    )
  })

  test('CR NUL ends a line after the first telnet command', () => {
    expect(taken([Uint8Array.of(97, 13, 0)]).text).toEqual([97, 13, 0])
    expect(taken([Uint8Array.of(97, 13, 0, IAC, NOP, 98)]).text).toEqual([97, 13, 0, 98])
    expect(taken([Uint8Array.of(IAC, NOP, 97, 13, 0, 13, 10, 13, 98, 0)]).text).toEqual([97, 13, 10, 13, 10, 13, 98, 0])
    const { telnet, bytes } = ends()
    telnet.begin()
    telnet.data(Uint8Array.of(97, 13))
    telnet.data(Uint8Array.of(0))
    expect(bytes).toEqual([97, 13, 10])
  })

  test('text continues behind an IAC whose data mark was sent separately', () => {
    expect(taken([concatBytes(Uint8Array.of(IAC), 'help\r\n')]).text).toEqual([...concatBytes('help\r\n')])
  })

  test('a subnegotiation without an end hides no more than 1,024 bytes', () => {
    const { text } = taken([concatBytes(Uint8Array.of(IAC, SB), 'x'.repeat(1024), 'quit\n')])
    expect(text).toEqual([...concatBytes('quit\n')])
    const doubled = concatBytes(Uint8Array.of(IAC, SB), new Uint8Array(2048).fill(IAC), 'quit\n')
    expect(taken([doubled]).text).toEqual([...concatBytes('quit\n')])
  })

  test('an end of the stream passes', async () => {
    const { there, ended } = ends()
    there.finish()
    await settled()
    expect(ended).toEqual(['finished'])
    there.reset()
    await settled()
    expect(ended).toEqual(['finished', 'ECONNRESET'])
  })
})

describe('telnet answers', () => {
  test.each([
    ['DO SGA', [DO, SGA], [[IAC, WONT, SGA]]],
    ['DO TIMING-MARK, which a client waits for after Ctrl-C', [DO, TM], [[IAC, WONT, TM]]],
    ['DO ECHO, when the server hides no input', [DO, ECHO], [[IAC, WONT, ECHO]]],
    ['WILL NAWS', [WILL, NAWS], [[IAC, DONT, NAWS]]],
    ['WILL ECHO', [WILL, ECHO], [[IAC, DONT, ECHO]]],
    ['WONT and DONT, with nothing', [WONT, NAWS, IAC, DONT, ECHO, IAC, DONT, SGA], []],
    ['AYT and others that ask nothing of us, with nothing', [AYT, IAC, NOP, IAC, DM], []],
  ])('%s', (_, command, answers) => {
    expect(taken([Uint8Array.from([IAC, ...command])]).answers).toEqual(answers)
  })

  test('a peer that negotiates without end receives a limited number of answers', () => {
    const { telnet, answers } = ends()
    for (let asked = 0; asked < 5000; asked++) telnet.data(Uint8Array.of(IAC, DO, SGA))
    expect(answers()).toHaveLength(1024)
  })

  test.each([DO, DONT])('a peer that answers everything with %i receives a limited number of answers', (verb) => {
    const { telnet, answers } = ends()
    telnet.begin()
    for (let received = 0, turn = 0; turn < 100; turn++) {
      if (turn === 10) telnet.hide()
      if (turn === 20) telnet.show()
      for (const all = answers(); received < all.length; received++) telnet.data(Uint8Array.of(IAC, verb, ECHO))
    }
    expect(answers().length).toBeLessThanOrEqual(2)
  })

  test('two sides that negotiate with each other stop after a few messages', () => {
    const act = fc.record({ who: fc.constantFrom(0, 1), what: fc.constantFrom('hide', 'show', 'hear') })
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const pair = [ends(), ends()] as const
        const received = [0, 0]
        const hear = (who: number) => {
          const [here, there] = who === 0 ? pair : ([pair[1], pair[0]] as const)
          const next = there.answers()[received[who] ?? 0]
          if (next) here.telnet.data(Uint8Array.from(next))
          if (next) received[who] = (received[who] ?? 0) + 1
          return next !== undefined
        }
        for (const { telnet } of pair) telnet.begin()
        for (const { who, what } of acts) {
          if (what === 'hear') hear(who)
          else pair[who === 0 ? 0 : 1].telnet[what]()
        }
        for (let more = true; more; ) more = [hear(0), hear(1)].includes(true)
        const requests = acts.filter(({ what }) => what !== 'hear').length
        expect(pair[0].answers().length + pair[1].answers().length).toBeLessThanOrEqual(3 * requests)
      }),
    )
  })
})

describe('hidden input', () => {
  /** A client that echoes its input unless the server does: it agrees to ECHO, and answers a change only (RFC 854). */
  class Client {
    echoes = true
    readonly #here: ReturnType<typeof ends>
    #received = 0

    constructor(here: ReturnType<typeof ends>) {
      this.#here = here
    }

    /** Reads the next command of the server, and answers it. */
    hear(): boolean {
      const [, verb, option] = this.#here.answers()[this.#received++] ?? []
      if (verb === undefined) {
        this.#received--
        return false
      }
      expect(option).toBe(ECHO)
      if ((verb === WILL) !== this.echoes) return true
      this.echoes = verb !== WILL
      this.#here.telnet.data(Uint8Array.of(IAC, this.echoes ? DONT : DO, ECHO))
      return true
    }
  }

  test('a client shows its input when it should, for any delay of its answers', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('hide', 'show', 'hear'), { maxLength: 60 }), (acts) => {
        const here = ends()
        const client = new Client(here)
        here.telnet.begin()
        let hidden = false
        for (const act of acts) {
          if (act === 'hear') client.hear()
          else here.telnet[act]()
          if (act !== 'hear') hidden = act === 'hide'
        }
        while (client.hear()) {}
        expect(client.echoes).toBe(!hidden)
      }),
    )
  })

  test('sends no option to a client that does not speak telnet', () => {
    const { telnet, answers } = ends()
    telnet.hide()
    telnet.show()
    expect(answers()).toEqual([])
  })

  test('asks a client that refuses only once for each hidden input', () => {
    const { telnet, answers } = ends()
    telnet.begin()
    telnet.hide()
    telnet.data(Uint8Array.of(IAC, DONT, ECHO))
    telnet.data(Uint8Array.of(IAC, DONT, ECHO))
    expect(answers()).toEqual([[IAC, WILL, ECHO]])
    telnet.show()
    telnet.hide()
    expect(answers()).toEqual([
      [IAC, WILL, ECHO],
      [IAC, WILL, ECHO],
    ])
  })

  test('a client may end hiding by itself', () => {
    const { telnet, answers } = ends()
    telnet.begin()
    telnet.hide()
    telnet.data(Uint8Array.of(IAC, DO, ECHO, IAC, DONT, ECHO, IAC, DONT, ECHO))
    telnet.show()
    expect(answers()).toEqual([
      [IAC, WILL, ECHO],
      [IAC, WONT, ECHO],
    ])
  })
})

describe('a client that sends commands in place of bytes of its text, as GNU telnet does', () => {
  const cut = (command: number) => Uint8Array.of(0xe6, 0x97, 0xa5, 0xe6, IAC, command, IAC, DO, TM, 0xac, 13, 10)

  test.each([BRK, IP])('is asked once to send binary text, without an answer to its answer (%i)', (command) => {
    const { telnet, answers } = ends()
    expect(telnet.requestedBinary).toBe(false)
    for (let line = 0; line < 3; line++) telnet.data(cut(command))
    telnet.data(Uint8Array.of(IAC, WILL, BINARY, IAC, WILL, BINARY))
    const asked = [IAC, DO, BINARY]
    expect(answers().filter((answer) => answer[2] !== TM)).toEqual([asked])
    expect(telnet.requestedBinary).toBe(true)
  })

  test('is not asked again after it refuses', () => {
    const { telnet, answers } = ends()
    telnet.data(cut(IP))
    telnet.data(Uint8Array.of(IAC, WONT, BINARY))
    telnet.data(cut(IP))
    expect(telnet.requestedBinary).toBe(false)
    expect(answers().filter((answer) => answer[2] !== TM)).toHaveLength(1)
  })

  test.each([
    ['text that is ASCII', [104, 105, IAC, IP, 13, 10]],
    ['a negotiation behind another character', [0xc3, 0xa4, IAC, DO, SGA]],
    ['BINARY, unasked', [IAC, WILL, BINARY]],
  ])('asks nothing for %s', (_, bytes) => {
    const { telnet, answers } = ends()
    telnet.data(Uint8Array.from(bytes))
    expect(telnet.requestedBinary).toBe(false)
    expect(answers()).not.toContainEqual([IAC, DO, BINARY])
  })
})

describe('telnet output', () => {
  test('is unchanged until the client speaks telnet; then lines end in CR LF', async () => {
    const { telnet, peer } = ends()
    telnet.write('a\nb')
    telnet.begin()
    telnet.write('c\r\nd\ne\rf')
    telnet.write(Uint8Array.of(10))
    telnet.finish()
    await settled()
    expect(peer).toMatchObject({ pieces: ['a\nb', 'c\r\nd\r\ne\r\0f', '\n'], finished: true })
  })
})
