import { expect, test } from 'vitest'
import { startConversation } from '../support/conversation.ts'
import { recordReceived } from '../support/received.ts'
import { settled } from '../support/test-clock.ts'

test.each([
  ['tictactoe', 'client', 'MOVE1\n', 'x', '"x" is not a number; cells go from 1 to 9'],
  ['tictactoe', 'server', '', '', '"" is not a number; cells go from 1 to 9'],
  ['guess', 'client', 'GUESS\n', 'zwölf', 'a guess is a whole number, such as 50, and not "zwölf"'],
  ['guess', 'client', 'GUESS\n', '', 'a guess is a whole number, such as 50, and not ""'],
  ['highlow', 'client', 'GUESS\n', '50.5', 'a guess is a whole number, such as 50, and not "50.5"'],
] as const)(
  '%s, at the %s: behind %j, %j, for which the worksheet’s program crashes, repeats the question with a reason on standard error',
  async (name, side, said, typed, why) => {
    const { script, theirs } = await startConversation(name, { side, typed: [typed] })
    const received = recordReceived(theirs)
    if (said !== '') theirs.write(said)
    await settled()
    expect(script.complaints).toEqual([why])
    expect(script.screen).not.toContain(why)
    expect(received.text).not.toContain(typed || '\n\n')
  },
)

test.each(['1', '12', '-3'])(
  'tictactoe: %s is requested again without a printed reason, as in the worksheet’s own program',
  async (typed) => {
    const { script, theirs } = await startConversation('tictactoe', { side: 'client', typed: [typed] })
    theirs.write('MOVE1\n')
    await settled()
    expect(script.screen.match(/Client moves \(0 to quit\): /g)).toHaveLength(2)
    expect(script.complaints).toEqual([])
  },
)

test('number has a text for that in its worksheet, and prints nothing else', async () => {
  const { script } = await startConversation('number', { side: 'client', typed: ['zwölf'] })
  expect(script.screen).toContain('Guesses must be an integer. Try again...')
  expect(script.complaints).toEqual([])
})
