import { expect, test } from 'vitest'
import { settled } from '../support/clock.ts'
import { begin } from '../support/conversation.ts'
import { heardBy } from '../support/wire.ts'

const PROMPT = 'I will toss a coin, guess if it is a head (H) or tail (T) : '

test.each([
  ['tictactoe', 'client', 'MOVE1\n', ['1'], 'cell 1 is taken by O'],
  ['tictactoe', 'client', 'MOVE1\n', ['12'], 'there is no cell 12; cells go from 1 to 9'],
  ['tictactoe', 'client', 'MOVE1\n', ['x'], '"x" is no number; cells go from 1 to 9'],
  ['tictactoe', 'server', '', [''], '"" is no number; cells go from 1 to 9'],
  ['guess', 'client', 'GUESS\n', ['zwölf'], 'a guess is a whole number, such as 50, and not "zwölf"'],
  ['guess', 'client', 'GUESS\n', [''], 'a guess is a whole number, such as 50, and not ""'],
  ['highlow', 'client', 'GUESS\n', ['50.5'], 'a guess is a whole number, such as 50, and not "50.5"'],
  ['robot', 'client', '', ['JUMP'], 'an instruction is FORWARD, LEFT, RIGHT or END, and not "JUMP"'],
  ['headtail', 'client', PROMPT, [''], 'an empty line is no guess: type H, T, or Q to quit'],
  ['chat', 'server', '', ['x'.repeat(5000)], 'the line was not sent: a line has at most 4096 bytes'],
  ['talk', 'client', '', ['x'.repeat(5000)], 'the line was not sent: a line has at most 4096 bytes'],
  ['quiz', 'client', '', ['', ''], 'a name is needed: a guest plays under one, too'],
] as const)(
  '%s, at the %s: behind %j, what is typed is asked again with a reason beside the screen (%#)',
  async (name, side, said, typed, why) => {
    const { script, theirs } = await begin(name, { side, typed })
    const heard = heardBy(theirs)
    if (said !== '') theirs.write(said)
    await settled()
    expect(script.complaints).toEqual([why])
    expect(script.screen).not.toContain(why)
    expect(heard.text).not.toContain(typed[0] || '\n\n')
  },
)

test('without a framing, an empty line of a talk is asked again with a reason', async () => {
  const { script } = await begin('talk', { side: 'client', typed: [''], options: { framing: 'none' } })
  expect(script.complaints).toEqual(['the line was not sent: it is empty, and without a framing that is no message'])
})

test('number has words for that in its worksheet, and says nothing beside them', async () => {
  const { script } = await begin('number', { side: 'client', typed: ['zwölf'] })
  expect(script.screen).toContain('Guesses must be an integer. Try again...')
  expect(script.complaints).toEqual([])
})
