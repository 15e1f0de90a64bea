import { describe, expect, test } from 'vitest'
import { type Automaton, client, expectation, server } from '../../src/protocols/automaton.ts'
import { Peer } from '../../src/protocols/peer.ts'
import { Connection } from '../../src/wire/connection.ts'
import { lines } from '../../src/wire/lines.ts'
import { memoryPair } from '../../src/wire/transports/memory.ts'
import { settled } from '../support/clock.ts'
import { far } from '../support/far.ts'
import { program } from '../support/play.ts'
import { heardBy } from '../support/wire.ts'

describe('what was expected', () => {
  test.each([
    ['a field alone', 'guess', 'GUESS', 'the server said "50", which does not belong here; expected "GUESS"'],
    ['a message out of turn', 'headtail', 'prompt', 'the server said "50", which does not belong here'],
  ])('%s is a sentence', async (_, name, __, sentence) => {
    const peer = await far(name, 'client')
    await peer.say('50\n')
    expect((await peer.end())?.message).toContain(sentence)
  })

  const automaton = {
    messages: { answer: client('{answer}'), number: client('{number}', { example: '50' }), ask: server('ASK') },
    start: 'asking',
    states: { asking: { ask: 'asked' }, asked: { answer: 'end', number: 'asking' }, end: {} },
  } as const satisfies Automaton

  test('is a clause in every state, for both sides', () => {
    expect(expectation(automaton, 'asking', 'server')).toBe('expected "ASK"')
    expect(expectation(automaton, 'asking', 'client')).toBe("it is not the client's turn")
    expect(expectation(automaton, 'asked', 'client')).toBe('expected an answer (such as "{answer}") or a number (such as "50")')
    expect(expectation(automaton, 'asked', 'server')).toBe("it is not the server's turn")
    expect(expectation(automaton, 'end', 'client')).toBe('the conversation is over')
  })

  test.each([
    ['START', '\\ufeffSTART'],
    ['50\u200b', '50\\u200b'],
  ])('invisible characters of %j are seen in what is answered', async (said, shown) => {
    const peer = await far('hangman', 'server', { options: { secret: 'eel' } })
    await peer.say(`${said === 'START' ? '\ufeff' : ''}${said}\n`)
    expect(peer.heard).toContain(`ERROR the client said "${shown}", which does not belong here; expected "QUIT" or "START"`)
    await peer.close()
  })

  test.each(['guess', 'fh/hangman'])('%s: a client that speaks when it is not its turn hears just that', async (name) => {
    const { protocol } = await program(name)
    const [ours, theirs] = memoryPair()
    const server = new Peer(new Connection(ours, { incoming: lines(), outgoing: lines() }), protocol.automaton, 'server', 'judging')
    const heard = heardBy(theirs)
    const coming = server.receive().then(String, ({ message }) => message)
    theirs.write('50\n')
    await settled()
    if (name === 'guess') expect(await coming).toBe('the client said "50", but it is not the client\'s turn yet; wait for "GUESS"')
    else
      expect(heard.text).toBe(
        'ERROR the client said "50", but it is not the client\'s turn yet; wait for AT {positions} (such as "AT 2 4 6")\n',
      )
  })

  test('only of a message that came too soon is it said that it did', async () => {
    const { protocol } = await program('hangman')
    const [ours, theirs] = memoryPair()
    const server = new Peer(new Connection(ours, { incoming: lines(), outgoing: lines() }), protocol.automaton, 'server')
    const notes: string[] = []
    server.onRefused = (sentence) => notes.push(sentence)
    theirs.write('START\nxyz\n')
    await server.receive()
    server.send('WORD', 3, 8)
    await server.receive()
    server.refuse('one letter')
    theirs.write('abc\n')
    await server.receive()
    server.refuse('one letter')
    expect(notes).toEqual([
      'the client said "xyz": one letter; it had come before it was the client\'s turn',
      'the client said "abc": one letter',
    ])
  })
})
