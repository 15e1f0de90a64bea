import { type HangmanView, hangman } from '../../games/hangman.ts'
import { foldCase, parseLetter } from '../../games/text/graphemes.ts'
import { findWordFault } from '../../games/words.ts'
import { type RoleContext, readOption } from '../../protocol/definition.ts'
import { secretWord, words } from '../../protocol/shared-options.ts'
import { Disconnected } from '../../wire/disconnect.ts'
import { findSecretsAfterKeyword, maskSecrets } from '../../wire/secret-masking.ts'
import { quoteText } from '../../wire/text.ts'
import { wrongMiss, wrongPositions, wrongWord } from '../hangman.ts'
import { REQUESTS, type TalkChannel } from './channel.ts'

/** Chooses a secret word, at random or by the option `secret`, and answers the other side's guesses. The word's length answers `play`. */
export async function keepWord(line: TalkChannel, { seating, console, options }: RoleContext<unknown>): Promise<void> {
  const secret = readOption(options, secretWord)
  const usable = secret !== undefined && !findWordFault(secret)
  const seat = await seating.sit(hangman, 0, { secret: usable ? secret : undefined, words: readOption(options, words) })
  console.say('This side has a secret word, and answers by itself.')
  const guess = async (letter: string) => (seat.play(letter) ? undefined : letter)
  try {
    let { view, outcome } = await seat.next()
    line.say(`WORD ${view.shown.length} ${view.left}`)
    while (!outcome) {
      await line.receiveMove(REQUESTS.letter, guess)
      ;({ view, outcome } = await seat.next())
      console.say(hangman.notation.render(view))
      const { last, left, word } = view
      const answer = last?.positions.length ? `AT ${last.positions.join(' ')}` : `MISS ${left}`
      if (outcome) line.say(answer, `END ${outcome.winners.length > 0 ? 'WON' : 'LOST'} ${word}`)
      else line.say(answer)
    }
  } finally {
    seat.leave()
  }
}

/** Guesses the secret word of the other side. */
export async function guessWord(line: TalkChannel, { console }: RoleContext<unknown>): Promise<void> {
  let view = await line.receiveMove(REQUESTS.word, parseWord)
  while (view.word === undefined) {
    console.say(hangman.notation.render(view))
    const letter = await typedLetter(view)
    line.say(letter)
    const before = view
    view = await line.receiveMove(REQUESTS.positions, (text) => parseAnswer(text, letter, before))
    const seen = view
    if (view.word === undefined && (view.left === 0 || !view.shown.includes(''))) {
      view = { ...view, word: await line.receiveMove(REQUESTS.ending, (text) => parseEnd(text, seen)) }
    }
  }
  console.say(hangman.notation.render(view))
  console.say(view.shown.includes('') ? `Hanged! The word was: ${view.word}` : `You have found it: ${view.word}`)

  async function typedLetter({ tried }: HangmanView): Promise<string> {
    for (;;) {
      const letter = parseLetter(await line.ask())
      if (letter !== undefined && !tried.includes(foldCase(letter))) return letter
      console.say(letter === undefined ? 'Type one letter.' : `You have tried ${quoteText(letter)} already.`)
    }
  }
}

/** Parses the length of a new word. */
function parseWord(text: string): HangmanView | undefined {
  const [, length, misses] = /^WORD ([1-9]\d{0,2}) ([1-9]\d{0,2}) *$/.exec(text) ?? []
  if (length === undefined) return undefined
  return { shown: Array(Number(length)).fill(''), tried: [], misses: Number(misses), left: Number(misses) }
}

/** Parses the answer to a guess, and returns the new view; `undefined` for any other text. */
function parseAnswer(text: string, letter: string, before: HangmanView): HangmanView | undefined {
  const view = { ...before, tried: [...before.tried, foldCase(letter)] }
  const [, left] = /^MISS (\d{1,3}) *$/.exec(text) ?? []
  if (left !== undefined) {
    refuseIf(text, wrongMiss(before, Number(left)))
    return { ...view, left: Number(left) }
  }
  const word = parseEnd(text, view)
  if (word !== undefined) return { ...view, word }
  const [, found] = /^AT (\d{1,3}(?: +\d{1,3})*) *$/.exec(text) ?? []
  const positions = found?.split(/ +/).map((position) => Number(position) - 1)
  if (!positions?.every((at) => at in before.shown)) return undefined
  refuseIf(
    text,
    wrongPositions(
      before,
      positions.map((at) => at + 1),
    ),
  )
  return { ...view, shown: before.shown.map((character, at) => (positions.includes(at) ? letter : character)) }
}

function parseEnd(text: string, view: HangmanView): string | undefined {
  const word = /^END (?:WON|LOST) (.+)$/.exec(text)?.[1]
  if (word !== undefined && (view.left === 0 || !view.shown.includes(''))) refuseIf(text, wrongWord(view, word))
  return word
}

/** Throws a violation if there is a `reason`, which says how the other side has broken the rules of the game. */
function refuseIf(text: string, why: string | undefined): void {
  if (why !== undefined)
    throw new Disconnected('violation', `the other side sent ${quoteText(maskSecrets(text, findSecretsAfterKeyword(text)))}, but ${why}`)
}
