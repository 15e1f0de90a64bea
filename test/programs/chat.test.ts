import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Disconnected } from '../../src/wire/disconnect.ts'
import { fakePeer, servedPeer } from '../support/fake-peer.ts'
import { InteractiveUser } from '../support/interactive-user.ts'
import { play, program } from '../support/play.ts'

describe('tjc/chat (TJC notes, programs 8 and 9)', () => {
  test('plays the document’s sample, word for word; Ctrl-D, which has no message here, resets', async () => {
    const played = await play({ program: 'chat', host: ['How are you doing?', 'quit'], join: ['Great!'] })
    expect(played).toMatchObject({
      host: 'INPUT SERVER: How are you doing?\nWAITING FOR CLIENT...\nCLIENT WROTE: Great!\n\nINPUT SERVER: quit\nWAITING FOR CLIENT...\n',
      join: 'WAITING FOR SERVER...\nSERVER WROTE: How are you doing?\n\nINPUT CLIENT: Great!\nWAITING FOR SERVER...\nSERVER WROTE: quit\n\nINPUT CLIENT: ',
      toClient: 'How are you doing?\nquit\n',
      toServer: 'Great!\n',
    })
    expect(played.joinEnd?.message).toContain('the input ended (Ctrl-D)')
    expect(played.hostEnd?.message).toContain('broke the connection off')
  })

  test('sends any text as a line, unchanged: empty, blanks, UTF-8', async () => {
    const said = ['', '  x  ', '中文 ✓ 😀', 'play tictactoe', '/q', '\x1b[2J']
    const played = await play({ program: 'chat', host: said, join: said })
    expect(played.toClient).toBe(said.map((line) => `${line}\n`).join(''))
    expect(played.toServer).toBe(said.map((line) => `${line}\n`).join(''))
  })

  test('asks again for a line that is too long, silently, and sends a line of the maximum length', async () => {
    const fits = 'ä'.repeat(2048)
    const played = await play({ program: 'chat', host: ['x'.repeat(4097), `${fits}x`, fits], join: [] })
    expect(played.toClient).toBe(`${fits}\n`)
    expect(played.host.match(/INPUT SERVER: /g)).toHaveLength(3)
    expect(played.joinEnd?.message).toContain('input ended')
  })

  test('reads one line per turn, in any pieces; an early line waits for its turn', async () => {
    const peer = await fakePeer('chat', 'server', { typed: ['one', 'two', 'three'] })
    await peer.say('fi', 'rst\nse', 'cond\nthird\n')
    expect(peer.received).toBe('one\ntwo\nthree\n')
    expect(peer.screen).toContain('CLIENT WROTE: first\n\nINPUT SERVER: two\nWAITING FOR CLIENT...\nCLIENT WROTE: second\n\n')
    await peer.close()
  })

  test('treats a CR as part of the line, which only LF ends', async () => {
    const peer = await fakePeer('chat', 'client', { typed: ['ok'] })
    await peer.say('tel\rnet\r', '\n')
    expect(peer.screen).toBe('WAITING FOR SERVER...\nSERVER WROTE: tel\rnet\r\n\nINPUT CLIENT: ok\nWAITING FOR SERVER...\n')
    await peer.close()
  })

  test('does not send a CR that was typed', async () => {
    const peer = await fakePeer('chat', 'server', { typed: ['a\rb\r'] })
    expect(peer.received).toBe('a b \n')
    await peer.close()
  })

  test('shows invalid UTF-8 as such, even a whole line of it', async () => {
    const peer = await fakePeer('chat', 'client', { typed: ['ok', 'still here'] })
    await peer.say(Uint8Array.of(0x61, 0xff, 0xc3, 10))
    await peer.say(new Uint8Array(4096).fill(0xff), '\n')
    expect(peer.screen).toContain('SERVER WROTE: a\ufffd\ufffd\n')
    expect(peer.received).toBe('ok\nstill here\n')
    await peer.close()
  })

  test.each([
    ['closes', 'the client closed the connection; it was this side’s turn to say a text (such as "Hello")'],
    ['resets', 'the client broke the connection off (ECONNRESET); it was this side’s turn to say a text (such as "Hello")'],
  ])('notifies a typing person immediately if the peer %s', async (way, sentence) => {
    const person = new InteractiveUser()
    const peer = await fakePeer('chat', 'server', { person })
    await person.type('hello')
    await peer.say('and you?\n')
    expect(person.screen.endsWith('CLIENT WROTE: and you?\n\nINPUT SERVER: ')).toBe(true)
    const end = await (way === 'closes' ? peer.close() : peer.reset())
    expect(end?.message).toBe(sentence)
    expect(person.asked).toBe(false)
  })

  test('resets a stopped chat, so that an original peer ends, too', async () => {
    const peer = await fakePeer('chat', 'server', { typed: ['hello'] })
    peer.conversation.stop(new Disconnected('ours', 'stopped'))
    expect((await peer.end())?.message).toBe('stopped')
    expect(peer.gaveUp).toBe('reset')
  })

  test('ends with a sentence after a line over the limit', async () => {
    const peer = await fakePeer('chat', 'server', { typed: ['hello'] })
    await peer.say('x'.repeat(4098))
    expect((await peer.end())?.message).toContain('more than 4096 bytes, the limit')
  })
})

describe('tjc/chat-quit (TJC notes, exercise 8)', () => {
  test('quit ends both sides, and is shown; only the exact line counts', async () => {
    const played = await play({ program: 'tjc/chat-quit', host: ['quit now', 'Quit', 'quit'], join: [' quit', 'quitting'] })
    expect(played).toMatchObject({
      toClient: 'quit now\nQuit\nquit\n',
      toServer: ' quit\nquitting\n',
      hostEnd: undefined,
      joinEnd: undefined,
    })
    expect(played.host.endsWith('CLIENT WROTE: quitting\n\nINPUT SERVER: quit\n')).toBe(true)
    expect(played.join.endsWith('WAITING FOR SERVER...\nSERVER WROTE: quit\n\n')).toBe(true)
  })

  test.each([
    ['host', [], ['x'], { toClient: 'quit\n', toServer: '' }],
    ['join', ['x'], [], { toClient: 'x\n', toServer: 'quit\n' }],
  ])('Ctrl-D at the %s sends quit', async (_, host, join, wire) => {
    const played = await play({ program: 'tjc/chat-quit', host, join })
    expect(played).toMatchObject({ ...wire, hostEnd: undefined, joinEnd: undefined })
  })

  test('a quit with a CR is an ordinary line', async () => {
    const peer = await fakePeer('tjc/chat-quit', 'server', { typed: ['hello', 'quit'] })
    await peer.say('quit\r\n')
    expect(peer.received).toBe('hello\nquit\n')
    expect(await peer.close()).toBeUndefined()
  })

  test('a stopped chat sends quit in its turn, and else resets', async () => {
    const person = new InteractiveUser()
    const turn = await fakePeer('tjc/chat-quit', 'server', { person })
    turn.conversation.stop(new Disconnected('ours', 'stopped'))
    await turn.end()
    expect([turn.received, turn.gaveUp]).toEqual(['quit\n', 'finished'])
    const waiting = await fakePeer('tjc/chat-quit', 'server', { typed: ['hello'] })
    waiting.conversation.stop(new Disconnected('ours', 'stopped'))
    await waiting.end()
    expect([waiting.received, waiting.gaveUp]).toEqual(['hello\n', 'reset'])
  })
})

describe('c8/chat and c8/chat-bye (C8 slides, project 4 and assignment 3)', () => {
  test('print the texts of the slides', async () => {
    const { host, join } = await program('c8/chat')
    expect(host?.listening?.({ host: '', port: 0 })).toBe('Type Ctrl-F6 or close the shell to terminate the server.')
    expect(host?.connected?.({ host: '127.0.0.1', port: 50831 })).toBe("Connected to: ('127.0.0.1', 50831)")
    expect([join?.asks, join?.address]).toEqual([undefined, undefined])
    const played = await play({ program: 'c8/chat', host: ['hi', 'bye'], join: ['BYE'] })
    expect(played.host).toBe('Input message: hi\nWAITING FOR CLIENT ...\nClient wrote: BYE\n\nInput message: bye\nWAITING FOR CLIENT ...\n')
    expect(played.join).toBe(
      'WAITING FOR SERVER ...\nServer wrote: hi\n\nInput message: BYE\nWAITING FOR SERVER ...\nServer wrote: bye\n\nInput message: ',
    )
  })

  test.each(['BYE', 'bye', 'Goodbye, friend', 'ok then, Bye!', '\tbYe'])('%j ends both sides, sent and shown unchanged', async (last) => {
    const played = await play({ program: 'c8/chat-bye', host: ['hi', last], join: ['by e'] })
    expect(played).toMatchObject({ toClient: `hi\n${last}\n`, hostEnd: undefined, joinEnd: undefined })
    expect(played.join.endsWith(`Server wrote: ${last}\n\n`)).toBe(true)
  })

  test('either user may send it; Ctrl-D sends BYE', async () => {
    expect(await play({ program: 'c8/chat-bye', host: ['hi'], join: ['ByE'] })).toMatchObject({
      host: 'Input message: hi\nWAITING FOR CLIENT ...\nClient wrote: ByE\n\n',
      hostEnd: undefined,
      joinEnd: undefined,
    })
    expect(await play({ program: 'c8/chat-bye', host: [] })).toMatchObject({ toClient: 'BYE\n', hostEnd: undefined, joinEnd: undefined })
  })

  test('the same line ends the talk at the table and on the wire, after any other lines', async () => {
    const text = fc
      .oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('BYE', 'xbyex', 'b\u0130ye', 'quit'))
      .filter((line) => !/[\r\n]/.test(line))
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('c8/chat-bye', 'tjc/chat-quit'), fc.array(text, { maxLength: 6 }), async (name, lines) => {
        const host = lines.filter((_, at) => at % 2 === 0)
        const join = lines.filter((_, at) => at % 2 === 1)
        const played = await play({ program: name, host, join })
        expect([played.hostEnd, played.joinEnd]).toEqual([undefined, undefined])
      }),
      { numRuns: 60 },
    )
  })
})

describe('the chats in parlor serve', () => {
  test.each(['tjc/chat', 'c8/chat', 'tjc/chat-quit', 'c8/chat-bye'])(
    '%s: the house opens the talk and answers every line with a line',
    async (name) => {
      const guest = await servedPeer(name)
      for (const [at, line] of ['hello', '', 'I am a robot', 'why?', 'Is this a socket?', '\x00\x1b[31m'].entries()) {
        expect(guest.received.match(/\n/g)).toHaveLength(at + 1)
        await guest.say(`${line}\n`)
      }
      expect(guest.received).toMatch(/^([^\p{Cc}]{2,199}\n){7}$/u)
      if (name === 'tjc/chat-quit') await guest.say('quit\n')
      if (name === 'c8/chat-bye') await guest.say('Good Bye\n')
      const end = await guest.close()
      expect(end === undefined).toBe(name !== 'tjc/chat' && name !== 'c8/chat')
    },
  )
})
