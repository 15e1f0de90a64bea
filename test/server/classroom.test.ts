import { expect, onTestFinished, test } from 'vitest'
import type { ToClient } from '../../src/native/messages.ts'
import { ConnectionClosed, LineSocket } from '../support/line-socket.ts'
import { NativeLink } from '../support/native-link.ts'
import { startServe } from '../support/process.ts'

const DOOR = 'parlor/door'
const QUIZ = 'fh/quiz'
const CHATS = ['tjc/chat', 'cs/chat'] as const
const BOARD = 'tjc/tictactoe'

/** A student's connection: `say` sends a line, and `hear` returns the next line of the server. */
function student(port: number | undefined): LineSocket {
  const line = new LineSocket(port ?? 0)
  onTestFinished(() => line.close())
  return line
}

/** Plays the lowest free cell until the board is full or the server sends nothing more; returns the server's cells. */
async function playBoard(line: LineSocket): Promise<number[]> {
  const free = new Set([1, 2, 3, 4, 5, 6, 7, 8, 9])
  const theirs: number[] = []
  try {
    for (;;) {
      const cell = Number(/^MOVE([1-9])$/.exec(await line.hear())?.[1])
      theirs.push(cell)
      free.delete(cell)
      const [own] = free
      if (own === undefined) return theirs
      free.delete(own)
      line.say(`MOVE${own}`)
    }
  } catch (reason) {
    if (!(reason instanceof ConnectionClosed)) throw reason
    return theirs
  }
}

test('200 students behind one address reach no limit: a quiz, two games of tic-tac-toe with talk, a chat, or a board of the worksheet each', {
  timeout: 60_000,
}, async () => {
  const { server, ports } = await startServe([DOOR, QUIZ, ...CHATS, BOARD])
  onTestFinished(() => server[Symbol.asyncDispose]())
  const quizzes = Array.from({ length: 50 }, async (_, n) => {
    const line = student(ports[QUIZ])
    line.say(`NAME quizzer${n}`)
    line.say('START 5')
    const received: string[] = []
    while (!/^(QUESTION|ERROR)/.test(received.at(-1) ?? '')) received.push(await line.hear())
    return received.at(-1)
  })
  const players = Array.from({ length: 50 }, async (_, n) => {
    const received: ToClient[] = []
    const link = await NativeLink.open(ports[DOOR] ?? 0, (message) => received.push(message))
    onTestFinished(() => link.close())
    const answers = [await link.ask({ type: 'enter', name: `player${n}x` })]
    for (let games = 0; games < 2; games++) {
      answers.push(await link.ask({ type: 'seek', game: 'tictactoe', wait: 0 }))
      const table = received.findLast((message) => message.type === 'seated')?.table ?? 0
      for (let said = 0; said < 3; said++) answers.push(await link.ask({ type: 'say', table, text: 'Is anybody here? '.repeat(10) }))
    }
    return answers.filter(({ type }) => type === 'error')
  })
  // the server sends first in the one chat, and the client in the other
  const chats = CHATS.flatMap((program) =>
    Array.from({ length: 25 }, async () => {
      const line = student(ports[program])
      const received: string[] = []
      if (program === 'tjc/chat') received.push(await line.hear())
      while (received.length < 20) {
        line.say('Is anybody here? '.repeat(10))
        received.push(await line.hear())
      }
      return received
    }),
  )
  const boards = Array.from({ length: 50 }, () => playBoard(student(ports[BOARD])))
  const questions = await Promise.all(quizzes)
  expect((await Promise.all(chats)).flat().filter((line) => line === '' || line.startsWith('ERROR'))).toEqual([])
  expect((await Promise.all(boards)).filter((cells) => cells.length < 3)).toEqual([])
  expect(questions.filter((line) => !line?.startsWith('QUESTION'))).toEqual([])
  expect((await Promise.all(players)).flat()).toEqual([])
  expect(server.errors).toBe('')
})

test('200 students behind one address join each other by 100 codes at the same time, while wrong codes come from there', {
  timeout: 60_000,
}, async () => {
  const { server, ports } = await startServe([DOOR])
  onTestFinished(() => server[Symbol.asyncDispose]())
  const open = async (name: string) => {
    const link = await NativeLink.open(ports[DOOR] ?? 0, () => {})
    onTestFinished(() => link.close())
    await link.ask({ type: 'enter', name })
    return link
  }
  const guesser = await open('eve')
  const guesses: ToClient[] = []
  for (let tries = 0; tries < 50; tries++) guesses.push(await guesser.ask({ type: 'join', code: 'amber-otter-zebra' }))
  expect(guesses.filter((answer) => answer.type === 'error' && answer.code === 'no-such-code')).toHaveLength(10)
  const pairs = Array.from({ length: 100 }, async (_, n) => {
    const [host, friend] = await Promise.all([open(`host${n}x`), open(`friend${n}x`)])
    const invitation = await host.ask({ type: 'seek', game: 'scissors', private: true, wait: null })
    return friend.ask({ type: 'join', code: 'code' in invitation ? (invitation.code ?? '') : '' })
  })
  expect((await Promise.all(pairs)).filter(({ type }) => type !== 'ok')).toEqual([])
})
