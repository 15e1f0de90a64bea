import { describe, expect, test } from 'vitest'
import { programNames } from '../../src/programs/index.ts'
import { defineAutomaton, dueBefore, expectation } from '../../src/protocol/automaton.ts'
import { client, server } from '../../src/protocol/message-spec.ts'
import { createPeer } from '../../src/testing/memory-peer.ts'
import { fakePeer } from '../support/fake-peer.ts'
import { program } from '../support/play.ts'
import { recordReceived } from '../support/received.ts'
import { settled } from '../support/test-clock.ts'

describe('the expected message', () => {
  test.each([
    ['a field alone', 'guess', 'GUESS', 'the server sent "50", which does not belong here; expected "GUESS"'],
    ['a message out of turn', 'headtail', 'prompt', 'the server sent "50", which does not belong here'],
  ])('%s is a sentence', async (_, name, __, sentence) => {
    const peer = await fakePeer(name, 'client')
    await peer.say('50\n')
    expect((await peer.end())?.message).toContain(sentence)
  })

  const automaton = defineAutomaton({
    messages: { answer: client('{answer}'), number: client('{number}', { example: '50' }), ask: server('ASK') },
    start: 'asking',
    states: { asking: { ask: 'asked' }, asked: { answer: 'end', number: 'asking' }, end: {} },
  })

  test('is a clause in every state, for both sides', () => {
    expect(expectation(automaton, 'asking', 'server')).toBe('expected "ASK"')
    expect(expectation(automaton, 'asking', 'client')).toBe("it is not the client's turn")
    expect(expectation(automaton, 'asked', 'client')).toBe('expected an answer (such as "{answer}") or a number (such as "50")')
    expect(expectation(automaton, 'asked', 'server')).toBe("it is not the server's turn")
    expect(expectation(automaton, 'end', 'client')).toBe('the conversation is over')
  })

  test.each([
    ['quiz', 'nameless', 'client', 'something like "NAME ada", or "QUIT" to stop'],
    ['quiz', 'ready', 'client', 'something like "START 5" or "RESUME", or "QUIT" to stop'],
    ['guess', 'judging', 'server', '"LOW", "HIGH", "WIN" or "Please enter number 1 to 100"'],
    ['tictactoe', 'client moves', 'client', 'something like "MOVE5", or "END" to stop'],
    ['talk', 'client speaks', 'client', 'a text (such as "Hello") or "play tictactoe", or "/q" to stop'],
    ['number', 'guessing', 'client', 'a number (such as "50")'],
    ['match', 'asked', 'client', 'a cell from 1 to 9 (such as "5"), or "QUIT" to stop'],
  ] as const)('of %s in the state "%s" is an English sentence, the likeliest first', async (name, state, side, list) => {
    expect(expectation((await program(name)).protocol.automaton, state, side)).toBe(`expected ${list}`)
  })

  test('has no braces and ends no connection, in any state of any program', async () => {
    for (const name of programNames.filter((one) => one !== 'book/secret')) {
      const { automaton } = (await program(name)).protocol
      for (const state of Object.keys(automaton.states)) {
        for (const side of ['server', 'client'] as const)
          expect(expectation(automaton, state, side)).not.toMatch(/[{}]|close|end of the connection/)
      }
    }
  })

  test.each([
    ['tictactoe', 'server', 'move4', 'expected something like "MOVE5", or "END" to stop; write "MOVE", and not "move"'],
    ['hangman', 'server', 'start', 'expected "START", or "QUIT" to stop; write "START", and not "start"'],
    ['hangman', 'server', ' START', 'expected "START", or "QUIT" to stop; leave out the blanks around it'],
    [
      'tictactoe',
      'server',
      '\ufeffMOVE5',
      'or "END" to stop; that looks like UTF-8 with a byte order mark (BOM): encode as "utf-8", and not as "utf-8-sig"',
    ],
    [
      'hangman',
      'server',
      '\ufeffSTART',
      'or "QUIT" to stop; that looks like UTF-8 with a byte order mark (BOM): encode as "utf-8", and not as "utf-8-sig"',
    ],
    ['hangman', 'server', 'stop', 'expected "START", or "QUIT" to stop'],
    ['quiz', 'server', 'name ada', 'write "NAME", and not "name"'],
    ['quiz', 'server', 'Quit', 'write "QUIT", and not "Quit"'],
    ['scissors', 'client', 'choose', 'write "CHOOSE", and not "choose"'],
    ['number', 'client', 'too big!', 'write "Too big!", and not "too big!"'],
  ] as const)('%s, at the %s: names the fault in %j', async (name, side, said, sentence) => {
    const state = { tictactoe: 'client moves', number: 'judging' }[name as string]
    const { peer, theirs } = createPeer(await program(name), side, state)
    const sentences: string[] = []
    peer.observer = { onRefused: (one) => sentences.push(one), onGarbled() {}, onEarly() {} }
    peer.receive().catch(({ message }) => sentences.push(message))
    recordReceived(theirs)
    theirs.write(`${said}\n`)
    await settled()
    expect(sentences).toEqual([expect.stringMatching(new RegExp(`${RegExp.escape(sentence)}$`))])
  })

  test.each([
    ['START', '\\ufeffSTART'],
    ['50\u200b', '50\\u200b'],
  ])('the answer shows invisible characters of %j', async (said, shown) => {
    const peer = await fakePeer('hangman', 'server', { options: { secret: 'eel' } })
    await peer.say(`${said === 'START' ? '\ufeff' : ''}${said}\n`)
    expect(peer.received).toContain(`ERROR "${shown}" does not belong here; expected "START", or "QUIT" to stop`)
    await peer.close()
  })

  test.each([
    ['guess', '', '42', '42', 'Please enter number 1 to 100'],
    ['highlow', '', '42', '42', 'Please enter number 1 to 100'],
    ['scissors', '', '1', undefined, 'ERROR choose 1 for Scissor, 2 for Paper or 3 for Stone'],
    ['hangman', 'START\n', 'e', 'eel', 'ERROR guess one letter at a time, such as e'],
    ['number', '', '42', '42', 'Guesses must be an integer. Try again...'],
  ])('%s: a byte order mark is not a blank, as in Python', async (name, before, said, secret, answer) => {
    const person = { say() {}, ask: () => new Promise<string>(() => {}) }
    const peer = await fakePeer(name, 'server', { person, options: secret === undefined ? {} : { secret } })
    if (before !== '') await peer.say(before)
    await peer.sayAlone(`\ufeff${said}\n`)
    expect(peer.received).toContain(answer)
    await peer.close()
  })

  test.each(['guess', 'fh/hangman'])('%s: a client that sends before its turn receives exactly that reason', async (name) => {
    const { peer: server, theirs } = createPeer(await program(name), 'server', 'judging')
    const received = recordReceived(theirs)
    const coming = server.receive().then(String, ({ message }) => message)
    theirs.write('50\n')
    await settled()
    if (name === 'guess') expect(await coming).toBe('the client sent "50", but it is not the client\'s turn yet; wait for "GUESS"')
    else expect(received.text).toBe('ERROR "50" arrived too soon: it is not your turn yet; wait for something like "AT 2 4 6"\n')
  })

  test('the observer gets one notice of a message before its turn, also if it arrives together with a legal message', async () => {
    const { peer: server, theirs } = createPeer(await program('match'), 'server')
    const received = recordReceived(theirs)
    theirs.write('ada\n7\n')
    await server.receive()
    server.send('Welcome', 'ada')
    void server.receive()
    await settled()
    const error = 'ERROR "7" arrived too soon: it is not your turn yet; wait for something like "init@17@ada@grace"'
    expect(received.text).toBe(`Welcome ada\n${error}\n`)
  })

  test.each([
    ['waiting', 'early', 'init@17@ada@grace'],
    ['waiting', 'move@5', 'init@17@ada@grace'],
    ['waiting', '5', 'init@17@ada@grace'],
    ['playing', 'early', 'move@17@O---X----'],
    ['playing', 'move@5', 'move@17@O---X----'],
    ['playing', '5', 'move@17@O---X----'],
  ])('match, %s: a client that sends %j too soon receives an ERROR with an example of the next message, %s', async (state, said, next) => {
    const { peer: server, theirs } = createPeer(await program('match'), 'server', state)
    const received = recordReceived(theirs)
    void server.receive()
    theirs.write(`${said}\n`)
    await settled()
    expect(received.text).toBe(`ERROR "${said}" arrived too soon: it is not your turn yet; wait for something like "${next}"\n`)
  })

  test.each([
    ['tictactoe', 'server moves', 'MOVE5', "the server's MOVE"],
    ['tictactoe', 'server moves', 'MOVE4', 'something like "MOVE5"'],
    ['chat', 'server speaks', 'Hello', "the server's text"],
    ['chat', 'server speaks', 'Hi', 'a text (such as "Hello")'],
  ])('%s, %s: no example equals the message %j that was too soon', async (name, state, said, awaited) => {
    const { protocol } = await program(name)
    expect(dueBefore(protocol.automaton, state, 'client', said)).toBe(`it is not the client's turn yet; wait for ${awaited}`)
  })

  test('only a message before its turn causes the notice that it was too soon', async () => {
    const { peer: server, theirs } = createPeer(await program('hangman'), 'server')
    const notes: string[] = []
    server.observer = { onRefused: (sentence) => notes.push(sentence), onGarbled() {}, onEarly() {} }
    theirs.write('START\nxyz\n')
    await server.receive()
    server.send('WORD', 3, 8)
    await server.receive()
    server.refuse('one letter')
    theirs.write('abc\n')
    await server.receive()
    server.refuse('one letter')
    expect(notes).toEqual([
      'the client sent "xyz": one letter; it had arrived before it was the client\'s turn',
      'the client sent "abc": one letter',
    ])
  })
})
