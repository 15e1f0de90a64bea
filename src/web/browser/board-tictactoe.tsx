import { useEffect, useRef, useState } from 'preact/hooks'
import { toBoard, winningLine } from '../model/boards.ts'
import { texts } from '../texts.ts'
import { type BoardProps, toStageClass, useKeys } from './board.ts'
import { markOf, sideOf } from './icons.tsx'
import { MarkPicture } from './pictures.tsx'

const MARKS = [0, 1].map(markOf)
/** The size of a board in which each cell has its own key. */
const SMALL = 3
/** A board of this size or a greater size can scroll in its frame, and each mark replaces the number of its cell. */
export const LARGE = 8

/**
 * TicTacToe is the board of tic-tac-toe: a grid of buttons. The Tab key stops once in the grid, and the arrow keys move between the cells.
 */
export function TicTacToe({ table, isOn, play }: BoardProps) {
  const board = toBoard(table.sight?.view)
  const size = board?.size ?? SMALL
  const [here, setHere] = useState(1)
  const grid = useRef<HTMLDivElement>(null)
  useKeys((key) => {
    const cell = size === SMALL && /^[1-9]$/.test(key) ? Number(key) : 0
    if (board?.cells[cell - 1] === '-') play(key)
  })
  const last = board?.last
  useEffect(() => {
    if (size < LARGE || last === undefined) return
    grid.current?.querySelector(`[data-cell="${last}"]`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [size, last])
  if (!board) return <div class={`${toStageClass(table, false)} stage--square`} />

  const pending = table.pending ? Number(table.pending.move) : undefined
  const won = winningLine(board)
  const move = (event: KeyboardEvent) => {
    const next = toNextCell(event.key, here, size)
    if (next === undefined) return
    event.preventDefault()
    setHere(next)
    grid.current?.querySelector<HTMLElement>(`[data-cell="${next}"]`)?.focus()
  }
  const rows = Array.from({ length: size }, (_, row) => Array.from({ length: size }, (_, column) => row * size + column + 1))
  return (
    <div class={`${toStageClass(table, isOn)}${size >= LARGE ? ' stage--scroll' : ''}`}>
      <div
        class={`ttt${size >= LARGE ? ' ttt--large' : ''}`}
        role="grid"
        aria-label={texts.boardOf(size)}
        style={{ '--n': String(size) }}
        ref={grid}
        onKeyDown={move}
      >
        {rows.map((cells, row) => (
          <div role="row" key={row}>
            {cells.map((cell, column) => {
              const seat = MARKS.indexOf(board.cells[cell - 1] ?? '')
              const mark = cell === pending && seat < 0 ? (table.seat ?? 0) : seat
              const isLast = cell === board.last
              const what = mark < 0 ? texts.empty : isLast ? texts.lastMove(MARKS[mark] ?? '') : (MARKS[mark] ?? '')
              const state = `${isLast ? ' is-last' : ''}${cell === pending ? ' is-pending' : ''}${won.includes(cell) ? ' is-win' : ''}`
              return (
                <div role="gridcell" key={cell}>
                  <button
                    class={`cell${state}${mark < 0 ? '' : ` ${sideOf(mark)}`}`}
                    type="button"
                    data-cell={cell}
                    aria-label={texts.cell(row + 1, column + 1, what, cell)}
                    aria-disabled={mark >= 0 || !isOn}
                    tabIndex={cell === here ? 0 : -1}
                    onFocus={() => setHere(cell)}
                    onClick={() => mark < 0 && play(String(cell))}
                  >
                    {(mark < 0 || size < LARGE) && (
                      <span class="no" aria-hidden="true">
                        {cell}
                      </span>
                    )}
                    {mark >= 0 ? <MarkPicture seat={mark} /> : isOn && <MarkPicture seat={table.seat ?? 0} isGhost />}
                  </button>
                </div>
              )
            })}
          </div>
        ))}
        {won.length > 0 && <WinLine from={won[0] ?? 1} to={won.at(-1) ?? 1} size={size} />}
      </div>
    </div>
  )
}

/** Returns the cell to which a key leads; `undefined` for another key. */
function toNextCell(key: string, cell: number, size: number): number | undefined {
  const row = Math.floor((cell - 1) / size) * size + 1
  switch (key) {
    case 'ArrowLeft':
      return Math.max(row, cell - 1)
    case 'ArrowRight':
      return Math.min(row + size - 1, cell + 1)
    case 'ArrowUp':
      return cell > size ? cell - size : cell
    case 'ArrowDown':
      return cell + size <= size * size ? cell + size : cell
    case 'Home':
      return row
    case 'End':
      return row + size - 1
    default:
      return undefined
  }
}

/** The line through the winning marks extends beyond the first and the last mark by this fraction of a cell. */
const BEYOND = 1 / 3

/** WinLine draws the line through the winning marks, from the first mark to the last mark and a little beyond. */
function WinLine({ from, to, size }: { readonly from: number; readonly to: number; readonly size: number }) {
  const middle = (cell: number) => [((cell - 1) % size) + 0.5, Math.floor((cell - 1) / size) + 0.5] as const
  const [[x1, y1], [x2, y2]] = [middle(from), middle(to)]
  const [x, y] = [Math.sign(x2 - x1) * BEYOND, Math.sign(y2 - y1) * BEYOND]
  return (
    <svg class="win-line" viewBox={`0 0 ${size} ${size}`} aria-hidden="true">
      <path d={`M${x1 - x} ${y1 - y} ${x2 + x} ${y2 + y}`} />
    </svg>
  )
}
