import { useState } from 'preact/hooks'
import { type HangmanBoard, STROKES, toHangmanBoard } from '../model/solo-boards.ts'
import { toShown } from '../shown.ts'
import { texts } from '../texts.ts'
import { type BoardProps, toStageClass, useKeys } from './board.ts'

/** The drawing of each stroke, on a grid of 200 by 230 units. */
const DRAWINGS: Readonly<Record<(typeof STROKES)[number], string>> = {
  base: 'M20 218h110',
  post: 'M50 218V16',
  beam: 'M50 16h90',
  rope: 'M140 16v26',
  head: 'M140 42a19 19 0 1 1 0 38 19 19 0 1 1 0-38',
  body: 'M140 80v60',
  arms: 'M140 96l-30 24M140 96l30 24',
  legs: 'M140 140l-24 46M140 140l24 46',
}

/** HangmanTable is the board of hangman: the drawing, the word, the remaining misses, and a button for each letter. */
export function HangmanTable({ table, isOn, play }: BoardProps) {
  const tried = (key: string) => toHangmanBoard(table.sight?.view)?.tried.includes(key)
  useKeys((key) => {
    const letter = key.toLowerCase()
    if (isOn && /^[\p{L}\p{N}]$/u.test(letter) && !tried(letter)) play(letter)
  })
  const board = toHangmanBoard(table.sight?.view)
  if (!board) return <div class={`${toStageClass(table, false)} pad stage--hang`} />
  const isOpen = table.seat !== undefined && !table.sight?.outcome
  return (
    <div class={`${toStageClass(table, isOn)} pad stage--hang`}>
      <div class="hang">
        <Gallows board={board} />
        <div class="hang__word">
          <Word board={board} />
          <p class="rowline">
            <span class="left" role="img" aria-label={texts.missesOf(board.left, board.misses)}>
              {Array.from({ length: board.misses }, (_, at) => (
                <i key={at} class={at < board.left ? undefined : 'gone'} />
              ))}
            </span>
            <span>{texts.missesLeft(board.left)}</span>
          </p>
        </div>
        {isOpen && (
          <div class="keys" role="group" aria-label={texts.letters}>
            {board.letters.map(({ letter, state }) => (
              <button
                key={letter}
                class={`key${state ? ` ${state}` : ''}`}
                type="button"
                disabled={state !== undefined}
                aria-disabled={!isOn}
                aria-pressed={table.pending?.move === letter}
                aria-label={state ? `${letter}, ${texts.letterStates[state]}` : undefined}
                onClick={() => isOn && play(letter)}
              >
                {letter}
              </button>
            ))}
          </div>
        )}
        {isOpen && <OtherLetter isOn={isOn} play={play} />}
      </div>
    </div>
  )
}

function Gallows({ board }: { readonly board: HangmanBoard }) {
  const { strokes, last } = board
  const isMiss = last !== undefined && last.positions.length === 0
  return (
    <svg class="bd" viewBox="0 0 200 230" role="img" aria-label={texts.gallows(STROKES.slice(0, strokes))}>
      {STROKES.map((stroke, at) => {
        const isDrawn = at < strokes
        const isNew = isMiss && at === strokes - 1
        return <path key={stroke} class={isNew ? 'stroke new' : isDrawn ? 'stroke' : 'stroke ghost-line'} d={DRAWINGS[stroke]} />
      })}
    </svg>
  )
}

/** Word shows each character that the user has found, at its place in the word. After the game, Word also shows the missing characters. */
function Word({ board }: { readonly board: HangmanBoard }) {
  const { shown, word, last } = board
  // a letter and its marks (such as an accent) have one place; the page does not use `Intl.Segmenter`, because some supported browsers lack
  // it
  const letters = word?.match(/\P{M}\p{M}*/gu) ?? []
  const whole = letters.length === shown.length ? letters : []
  return (
    <ol class="word" aria-label={texts.wordSoFar(shown)}>
      {shown.map((character, at) => {
        const isNew = last?.positions.includes(at + 1) === true
        const missed = character === '' ? whole[at] : undefined
        return (
          <li key={at} class={isNew ? 'is-new' : missed === undefined ? undefined : 'is-missed'}>
            {character || missed ? <bdi>{toShown(character || missed || '')}</bdi> : <span class="sr">{texts.blank}</span>}
          </li>
        )
      })}
    </ol>
  )
}

/** OtherLetter draws a field for a letter that has no button, such as ß or ж. */
function OtherLetter({ isOn, play }: Pick<BoardProps, 'isOn' | 'play'>) {
  const [typed, setTyped] = useState('')
  const submit = (event: Event) => {
    event.preventDefault()
    if (!isOn || typed === '') return
    play(typed)
    setTyped('')
  }
  return (
    <form class="hang__other" onSubmit={submit}>
      <input
        class="in"
        aria-label={texts.otherLetter}
        placeholder={texts.otherLetter}
        autoComplete="off"
        autoCapitalize="off"
        maxLength={16}
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <button class="btn" type="submit" disabled={!isOn}>
        {texts.play}
      </button>
    </form>
  )
}
