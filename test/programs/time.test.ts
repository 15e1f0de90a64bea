import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { strftime } from '../../src/programs/python/strftime.ts'
import { fakePeer } from '../support/fake-peer.ts'
import { play } from '../support/play.ts'

const now = new Date('2024-02-29T13:05:09')

describe('fh/time (FH slides, "Processing Client Requests")', () => {
  test('answers typed formats, word for word', async () => {
    const played = await play({ program: 'time', join: ['%d.%m.%Y', '%H:%M', 'no directive', '%Q', ''], options: { now } })
    expect(played).toEqual({
      toServer: '%d.%m.%Y%H:%Mno directive%Q',
      toClient: '29.02.202413:05no directive%Q',
      host: '',
      join: 'Format: %d.%m.%Y\n29.02.2024\nFormat: %H:%M\n13:05\nFormat: no directive\nno directive\nFormat: %Q\n%Q\nFormat: \n',
      hostEnd: undefined,
      joinEnd: undefined,
    })
  })

  test('sends given formats without a prompt', async () => {
    const played = await play({ program: 'time', options: { now, formats: ['%A', '%j', '%n'] } })
    expect([played.join, played.toServer, played.joinEnd, played.hostEnd]).toEqual(['Thursday\n060\n\n\n', '%A%j%n', undefined, undefined])
  })

  test('sends an empty line at Ctrl-D', async () => {
    const played = await play({ program: 'time', join: ['%S'], options: { now } })
    expect([played.join, played.joinEnd, played.hostEnd]).toEqual(['Format: %S\n09\nFormat: \n', undefined, undefined])
  })
})

describe('the time server and other people’s clients', () => {
  const hosted = (datagrams = false) => fakePeer('time', 'server', { options: { now }, datagrams })

  test('each segment is a request; glued requests have one answer', async () => {
    const peer = await hosted()
    await peer.sayAlone('%H')
    await peer.sayAlone('%M%S')
    await peer.sayAlone('%%\n')
    expect(peer.writes).toEqual(['13', '0509', '%\n'])
    expect(await peer.close()).toBeUndefined()
  })

  test('bytes that arrive one by one are one request', async () => {
    const peer = await hosted()
    for (const byte of '%d/%m') {
      await peer.say(byte)
      await peer.clock.pass(5)
    }
    expect(peer.writes).toEqual([])
    await peer.clock.pass(100)
    expect(peer.writes).toEqual(['29/02'])
    await peer.close()
  })

  test('an empty answer is not sent, and the next request has its own', async () => {
    const peer = await hosted()
    await peer.sayAlone('%Z')
    expect(peer.writes).toEqual([])
    await peer.sayAlone('%y')
    expect(peer.writes).toEqual(['24'])
    expect(await peer.close()).toBeUndefined()
  })

  test.each([
    ['NUL', 'a\0b', 'a'],
    ['bytes that are no UTF-8', Uint8Array.of(0x25, 0x64, 0xff), '29\ufffd'],
    ['half a character', Uint8Array.of(0xc3), '\ufffd'],
    ['an escape sequence', '\x1b[2J', '\x1b[2J'],
  ])('the server survives %s', async (_, said, answer) => {
    const peer = await hosted()
    await peer.sayAlone(said)
    await peer.sayAlone('%m')
    expect(peer.writes).toEqual([answer, '02'])
    expect(await peer.close()).toBeUndefined()
  })

  test('the server ends when the client has closed, also before any request, and answers earlier requests', async () => {
    expect(await (await hosted()).close()).toBeUndefined()
    const peer = await hosted()
    await peer.say('%Y')
    expect(await peer.close()).toBeUndefined()
    expect(peer.writes).toEqual(['2024'])
  })

  test('a client may leave at any time, also with its answer unread, which resets the connection', async () => {
    expect(await (await hosted()).reset()).toBeUndefined()
    const peer = await hosted()
    await peer.sayAlone('%Y')
    expect(peer.writes).toEqual(['2024'])
    expect(await peer.reset()).toBeUndefined()
  })

  test('a request without an end ends the conversation with a sentence', async () => {
    const endless = await hosted()
    await endless.say('x'.repeat(5000))
    expect((await endless.end())?.message).toContain('4096 bytes')
  })

  test('each datagram is a request, and an empty answer is an empty datagram', async () => {
    const peer = await hosted(true)
    await peer.say('%H', '%Z', '', '%M')
    expect(peer.writes).toEqual(['13', '', '', '05'])
  })

  test('without a given time, the server uses the clock', async () => {
    const peer = await fakePeer('time', 'server')
    const then = new Date(peer.clock.now())
    await peer.sayAlone('%F %T', 20)
    expect(peer.writes).toEqual([strftime('%F %T', then)])
    await peer.close()
  })

  test('any request is answered by strftime, or not at all', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.constantFrom('%', '%d', '%Z', '%-5', 'E'), fc.string({ unit: 'grapheme', maxLength: 3 })), { minLength: 1 }),
        async (pieces) => {
          const format = pieces.join('')
          const peer = await hosted()
          await peer.sayAlone(format)
          const answer = strftime(format.toWellFormed(), now)
          expect(peer.writes).toEqual(answer === '' ? [] : [answer])
          await peer.close()
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('the time client and other people’s servers', () => {
  test('a missing answer after two seconds is an empty answer', async () => {
    const peer = await fakePeer('time', 'client', { typed: ['%Z', '%d'] })
    await peer.clock.pass(100)
    expect(peer.writes).toEqual(['%Z'])
    await peer.clock.pass(1800)
    expect(peer.screen).toBe('Format: %Z\n')
    await peer.clock.pass(200)
    expect(peer.screen).toBe('Format: %Z\n\nFormat: %d\n')
    await peer.sayAlone('29', 30)
    expect(peer.screen).toBe('Format: %Z\n\nFormat: %d\n29\nFormat: \n')
    expect(peer.writes).toEqual(['%Z', '%d'])
    expect(await peer.close()).toBeUndefined()
  })

  test.each(['%H:%M', 'x'])('the client reports a server that never answers %j', async (format) => {
    const peer = await fakePeer('time', 'client', { options: { formats: [format] } })
    await peer.clock.pass(2500)
    const end = await peer.close()
    expect(end?.message).toBe(`no answer to "${format}" arrived within 2 s; expected the time in that format`)
  })

  test('the client does not report an empty time zone name as missing', async () => {
    const peer = await fakePeer('time', 'client', { options: { formats: ['%Z'] } })
    await peer.clock.pass(2500)
    expect(await peer.close()).toBeUndefined()
  })

  test('a late answer is not read as the next answer', async () => {
    const shown: string[] = []
    let type: ((line: string) => void) | undefined
    const peer = await fakePeer('time', 'client', {
      person: {
        say: (text = '') => void shown.push(text),
        ask: () => new Promise((resolve) => (type = resolve)),
      },
    })
    type?.('%H')
    await peer.clock.pass(2500)
    expect([peer.writes, shown]).toEqual([['%H'], ['']])
    await peer.say('13', ' o’clock')
    await peer.clock.pass(100)
    type?.('%M')
    await peer.clock.pass(10)
    await peer.say('05')
    await peer.clock.pass(100)
    expect([peer.writes, shown]).toEqual([
      ['%H', '%M'],
      ['', '05'],
    ])
    type?.('')
    expect(await peer.close()).toBeUndefined()
  })

  test('an answer in pieces is one answer', async () => {
    const peer = await fakePeer('time', 'client', { typed: ['%F'] })
    await peer.clock.pass(1)
    for (const byte of '2024-02-29') {
      await peer.say(byte)
      await peer.clock.pass(5)
    }
    await peer.clock.pass(100)
    expect(peer.screen).toBe('Format: %F\n2024-02-29\nFormat: \n')
    expect(await peer.close()).toBeUndefined()
  })

  test('an empty datagram is an empty answer immediately', async () => {
    const peer = await fakePeer('time', 'client', { typed: ['%Z'], datagrams: true })
    await peer.clock.pass(1)
    await peer.say('')
    expect(peer.screen).toBe('Format: %Z\n\nFormat: \n')
    await peer.end()
  })

  test('a server that disconnects ends the conversation with a sentence, at any point', async () => {
    const waiting = await fakePeer('time', 'client', { typed: ['%H'] })
    await waiting.clock.pass(1)
    expect((await waiting.close())?.message).toContain('the server closed the connection')
    const broken = await fakePeer('time', 'client', { typed: ['%H', '%M'] })
    await broken.clock.pass(1)
    await broken.sayAlone('13', 30)
    expect((await broken.reset())?.message).toContain('broke the connection off')
  })
})
