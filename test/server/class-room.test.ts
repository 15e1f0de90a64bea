import { expect, onTestFinished, test } from 'vitest'
import type { ToClient } from '../../src/protocols/native/messages.ts'
import { LineSocket } from '../crash/line.ts'
import { NativeLink } from '../crash/native.ts'
import { serving } from '../support/process.ts'

const DOOR = 'parlor/door'
const QUIZ = 'fh/quiz'

test('200 students behind one address reach no limit: a quiz each, or tic-tac-toe and talk at two tables', {
  timeout: 60_000,
}, async () => {
  const { server, ports } = await serving([DOOR, QUIZ])
  onTestFinished(() => server[Symbol.asyncDispose]())
  const quizzes = Array.from({ length: 100 }, async (_, n) => {
    const line = new LineSocket(ports[QUIZ] ?? 0)
    onTestFinished(() => line.close())
    line.say(`NAME quizzer${n}`)
    line.say('START 5')
    const heard: string[] = []
    while (!/^(QUESTION|ERROR)/.test(heard.at(-1) ?? '')) heard.push(await line.hear())
    return heard.at(-1)
  })
  const players = Array.from({ length: 100 }, async (_, n) => {
    const heard: ToClient[] = []
    const link = await NativeLink.open(ports[DOOR] ?? 0, (message) => heard.push(message))
    onTestFinished(() => link.close())
    const answers = [await link.ask({ type: 'enter', name: `player${n}x` })]
    for (let games = 0; games < 2; games++) {
      answers.push(await link.ask({ type: 'seek', game: 'tictactoe', wait: 0 }))
      const table = heard.findLast((message) => message.type === 'seated')?.table ?? 0
      for (let said = 0; said < 3; said++) answers.push(await link.ask({ type: 'say', table, text: 'Is anybody here? '.repeat(10) }))
    }
    return answers.filter(({ type }) => type === 'error')
  })
  const questions = await Promise.all(quizzes)
  expect(questions.filter((line) => !line?.startsWith('QUESTION'))).toEqual([])
  expect((await Promise.all(players)).flat()).toEqual([])
  expect(server.errors).toBe('')
})
