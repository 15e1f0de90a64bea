import { fold, letterOf } from '../games/characters.ts'
import { type HangmanView, hangman } from '../games/hangman.ts'
import { unguessable } from '../games/words.ts'
import { Ended } from '../wire/ends.ts'
import { secretsBehindKeyword, withoutSecrets } from '../wire/secrets.ts'
import { quoted } from '../wire/text.ts'
import { wrongMiss, wrongPositions, wrongWord } from './hangman-judge.ts'
import { type Line, REQUESTS } from './line.ts'
import type { Setting } from './protocol.ts'

/** Keeps a word for the other side: drawn by chance, or as it was asked for. Its length answers `play`. */
export async function keepWord(line: Line, { house, person, options: { secret, words } }: Setting<unknown>): Promise<void> {
  const usable = secret !== undefined && !unguessable(secret)
  const seat = await house.sit(hangman, 0, { secret: usable ? secret : undefined, words })
  person.say('This side keeps a word, and answers by itself.')
  const guess = async (letter: string) => (seat.play(letter) ? undefined : letter)
  try {
    let { view, outcome } = await seat.next()
    line.say(`WORD ${view.shown.length} ${view.left}`)
    while (!outcome) {
      await line.answer(REQUESTS.letter, guess)
      ;({ view, outcome } = await seat.next())
      person.say(hangman.notation.render(view))
      const { last, left, word } = view
      const answer = last?.positions.length ? `AT ${last.positions.join(' ')}` : `MISS ${left}`
      if (outcome) line.say(answer, `END ${outcome.winners.length > 0 ? 'WON' : 'LOST'} ${word}`)
      else line.say(answer)
    }
  } finally {
    seat.leave()
  }
}

/** Guesses the word that the other side keeps. */
export async function guessWord(line: Line, { person }: Setting<unknown>): Promise<void> {
  let view = await line.answer(REQUESTS.word, dealt)
  while (view.word === undefined) {
    person.say(hangman.notation.render(view))
    const letter = await typedLetter(view)
    line.say(letter)
    const before = view
    view = await line.answer(REQUESTS.positions, (text) => judged(text, letter, before))
    const seen = view
    if (view.word === undefined && (view.left === 0 || !view.shown.includes(''))) {
      view = { ...view, word: await line.answer(REQUESTS.ending, (text) => ending(text, seen)) }
    }
  }
  person.say(hangman.notation.render(view))
  person.say(view.shown.includes('') ? `Hanged! The word was: ${view.word}` : `You have found it: ${view.word}`)

  async function typedLetter({ tried }: HangmanView): Promise<string> {
    for (;;) {
      const letter = letterOf(await line.ask())
      if (letter !== undefined && !tried.includes(fold(letter))) return letter
      person.say(letter === undefined ? 'Type one letter.' : `You have tried ${quoted(letter)} already.`)
    }
  }
}

/** What is seen of a word that was just dealt. */
function dealt(text: string): HangmanView | undefined {
  const [, length, misses] = /^WORD ([1-9]\d{0,2}) ([1-9]\d{0,2}) *$/.exec(text) ?? []
  if (length === undefined) return undefined
  return { shown: Array(Number(length)).fill(''), tried: [], misses: Number(misses), left: Number(misses) }
}

/** What is seen after a guess; `undefined` where the text does not answer one. */
function judged(text: string, letter: string, before: HangmanView): HangmanView | undefined {
  const view = { ...before, tried: [...before.tried, fold(letter)] }
  const [, left] = /^MISS (\d{1,3}) *$/.exec(text) ?? []
  if (left !== undefined) {
    refuseIf(text, wrongMiss(before, Number(left)))
    return { ...view, left: Number(left) }
  }
  const word = ending(text, view)
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

function ending(text: string, view: HangmanView): string | undefined {
  const word = /^END (?:WON|LOST) (.+)$/.exec(text)?.[1]
  if (word !== undefined && (view.left === 0 || !view.shown.includes(''))) refuseIf(text, wrongWord(view, word))
  return word
}

/** Ends the talk where the other side has broken the rules of the game. */
function refuseIf(text: string, why: string | undefined): void {
  if (why !== undefined)
    throw new Ended('violation', `the other side said ${quoted(withoutSecrets(text, secretsBehindKeyword(text)))}, but ${why}`)
}
