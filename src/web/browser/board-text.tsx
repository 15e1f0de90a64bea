import { useState } from 'preact/hooks'
import { toShown } from '../shown.ts'
import { texts } from '../texts.ts'
import { type BoardProps, toStageClass, useKeys } from './board.ts'
import { findGame, usePage } from './page.ts'

/** Matches a text with sentences. The page may break the lines of such a text, but not the lines of a drawing. */
const PROSE = /(?:[a-z]{2,}[,.]? ){4}/i

/** TextBoard is the board of every game that has no special board: the server's text, legal moves as buttons, and a field for a move. */
export function TextBoard({ table, isOn, play }: BoardProps) {
  const { model } = usePage()
  const [typed, setTyped] = useState('')
  const { board, game, seat, pending } = table
  const hint = findGame(model.value, game)?.moves
  // the moves that the server has sent with an older board may be illegal now
  const moves = (board?.n === table.n ? board.moves : undefined) ?? []
  useKeys((key) => {
    if (key.length === 1 && moves.includes(key.toLowerCase())) play(key.toLowerCase())
  })
  const text = board ? toShown(board.text) : texts.boardLoading
  const isProse = PROSE.test(text)
  const lines = text.split('\n')
  const size = { '--columns': String(Math.max(8, ...lines.map(({ length }) => length))), '--rows': String(lines.length) }
  const submit = (event: Event) => {
    event.preventDefault()
    if (typed === '' || !isOn) return
    play(typed)
    setTyped('')
  }
  return (
    <div class={`${toStageClass(table, isOn)} pad textboard`}>
      <pre class={`textboard__text${isProse ? ' is-prose' : ''}`} style={size} tabIndex={0} role="region" aria-label={texts.board}>
        {text}
      </pre>
      {seat !== undefined && moves.length > 0 && (
        <div class="btns textboard__moves" role="group" aria-label={texts.legalMoves}>
          {moves.map((move) => (
            <button
              key={move}
              class="btn mono"
              type="button"
              disabled={!isOn}
              aria-pressed={pending?.move === move}
              onClick={() => play(move)}
            >
              {toShown(move)}
            </button>
          ))}
        </div>
      )}
      {seat !== undefined && !table.sight?.outcome && (
        <form class="say" onSubmit={submit}>
          <input
            class="in mono"
            aria-label={texts.yourMove}
            aria-describedby={hint === undefined ? undefined : 'move-hint'}
            placeholder={texts.yourMove}
            autoComplete="off"
            autoCapitalize="off"
            spellcheck={false}
            maxLength={1000}
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
          <button class="btn btn--go" type="submit" disabled={!isOn}>
            {texts.play}
          </button>
          {hint !== undefined && (
            <small class="quiet" id="move-hint">
              {toShown(hint)}
            </small>
          )}
        </form>
      )}
    </div>
  )
}
