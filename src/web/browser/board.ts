import { useLayoutEffect } from 'preact/hooks'
import { isOver, type TableModel } from '../model/table-model.ts'

/** BoardProps are the properties of each board. `isOn` is true if this user may move now; `play` makes a move. */
export interface BoardProps {
  readonly table: TableModel
  readonly isOn: boolean
  readonly play: (move: string) => void
}

/** The games in which letter keys are moves. In these games, the key `b` does not move the focus to the board. */
export const LETTER_GAMES: ReadonlySet<string> = new Set(['hangman', 'quiz'])

/** Returns the classes of the frame around a board. */
export function toStageClass(table: TableModel, isOn: boolean): string {
  const isOff = table.joined !== 'yes' && !isOver(table)
  return `stage${isOn ? ' is-on' : ''}${isOff ? ' is-off' : ''}`
}

/** Checks whether the user types in a field or in a dialog, or presses a key with a modifier. */
export function isTyping(event: KeyboardEvent): boolean {
  const { target } = event
  const isField = target instanceof HTMLElement && /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
  const isChoice = target instanceof HTMLInputElement && target.type === 'radio'
  return (isField && !isChoice) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]') !== null
}

/** Calls `press` with each key that the user presses, unless `isTyping` returns true. */
export function useKeys(press: (key: string, event: KeyboardEvent) => void) {
  // a layout effect runs together with the drawing, because the user may press the first key immediately
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!isTyping(event)) press(event.key, event)
    }
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [press])
}
