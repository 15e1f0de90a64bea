import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { type GuessBoard, toGuessBoard } from '../model/boards.ts'
import { toShown } from '../shown.ts'
import { texts } from '../texts.ts'
import { type BoardProps, toStageClass, useKeys } from './board.ts'
import { Section } from './people.tsx'

const HIGHEST = 100

/**
 * GuessTable is the board of guessing: a line from 1 to 100 on which the range of the possible numbers shrinks, and a field for a guess.
 */
export function GuessTable({ table, isOn, play }: BoardProps) {
  const board = toGuessBoard(table)
  const [low, high] = [board?.low ?? 1, board?.high ?? HIGHEST]
  const middle = String(Math.floor((low + high) / 2))
  const [typed, setTyped] = useState(middle)
  const field = useRef<HTMLInputElement>(null)
  // after each answer, the field proposes a possible number, and a digit that the user types replaces this number
  const tries = board?.guesses.length
  // a layout effect runs together with the drawing, because the user may type the first digit immediately
  useLayoutEffect(() => {
    if (tries === undefined) return
    setTyped(middle)
    const input = field.current
    if (!input || input !== document.activeElement) return
    // the field changes immediately, because the user may type the next digit before the next drawing
    input.value = middle
    input.select()
  }, [middle, tries])
  const step = (by: number) => setTyped((text) => String(Math.min(HIGHEST, Math.max(1, (Number(text) || 0) + by))))
  useKeys((key, event) => {
    const input = /^[0-9]$/.test(key) ? field.current : null
    if (!input) return
    input.focus()
    // the field changes immediately, because the user may type the next digit before the next drawing
    input.value = key
    setTyped(key)
    event.preventDefault()
  })
  const press = (event: KeyboardEvent) => {
    const by = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key]
    if (by === undefined) return
    event.preventDefault()
    step(by)
  }
  const submit = (event: Event) => {
    event.preventDefault()
    if (isOn && typed.trim() !== '') play(typed.trim())
  }
  return (
    <>
      <div class={`${toStageClass(table, isOn)} pad`}>
        {board && <NumberLine board={board} />}
        {table.seat !== undefined && !table.sight?.outcome && (
          <form class="ask-num" onSubmit={submit}>
            <button class="btn btn--icon" type="button" aria-label={texts.oneLess} onClick={() => step(-1)}>
              −
            </button>
            <input
              class="in num"
              id="guess"
              ref={field}
              inputMode="numeric"
              autoComplete="off"
              aria-label={texts.yourGuess(low, high)}
              value={typed}
              onInput={(event) => setTyped(event.currentTarget.value)}
              onKeyDown={press}
            />
            <button class="btn btn--icon" type="button" aria-label={texts.oneMore} onClick={() => step(1)}>
              +
            </button>
            <button class="btn btn--go" type="submit" disabled={!isOn}>
              {texts.guess(typed)}
            </button>
          </form>
        )}
      </div>
      {board && board.guesses.length > 0 && (
        <Section id="h-tries" title={texts.triesTitle} number={board.guesses.length}>
          <ol class="guesses">
            {board.guesses.map(({ n, text, verdict }, at) => (
              <li key={n}>
                <span class="quiet">{at + 1}</span>
                <b>{text === undefined ? '·' : toShown(text)}</b>
                <span>{texts.verdicts[verdict]}</span>
              </li>
            ))}
          </ol>
        </Section>
      )}
    </>
  )
}

/** Returns the position of a number on the line, as a percentage. */
function toPlace(number: number): string {
  return `${((number - 1) / (HIGHEST - 1)) * 100}%`
}

/** If two numbers differ by at least this number, their labels do not overlap, even on a phone. */
const APART = 12

/** Chooses the numbers that have labels on the line. If two labels would overlap, only the later number has a label. */
function chooseLabelled(numbers: readonly number[]): readonly number[] {
  const chosen: number[] = []
  for (const number of [...numbers].reverse()) if (isApart(number, chosen)) chosen.push(number)
  return chosen
}

function isApart(number: number, others: readonly number[]): boolean {
  return others.every((other) => Math.abs(number - other) >= APART)
}

function NumberLine({ board }: { readonly board: GuessBoard }) {
  const { low, high, guesses, secret } = board
  const about = [texts.range(low, high), ...guesses.map(({ text = '·', verdict }) => `${text}: ${texts.verdicts[verdict]}.`)].join(' ')
  const known = guesses.filter(({ text, verdict }) => text !== undefined && /^\d{1,3}$/.test(text) && verdict !== 'wasted')
  const labelled = chooseLabelled(known.map(({ text }) => Number(text)))
  return (
    <div class="nl" role="img" aria-label={texts.numberLine(about)}>
      <span class="nl__band" style={{ '--from': toPlace(low), '--to': toPlace(high) }}>
        <b>{texts.band(low, high)}</b>
      </span>
      {known.map(({ n, text, verdict }) => (
        <span
          key={n}
          class={`nl__tick ${verdict === 'low' ? 'lo' : verdict === 'high' ? 'hi' : ''}`}
          style={{ '--x': toPlace(Number(text)) }}
        >
          {labelled.includes(Number(text)) && <b>{text}</b>}
        </span>
      ))}
      {secret !== undefined && <span class="nl__tick nl__secret" style={{ '--x': toPlace(secret) }} />}
      {[1, HIGHEST]
        .filter((end) => isApart(end, labelled))
        .map((end) => (
          <span key={end} class="nl__end" style={{ '--x': toPlace(end) }}>
            {end}
          </span>
        ))}
    </div>
  )
}
