import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { isTyping } from './board.ts'

/** Scrolls to the newest row if the end of the diagram was visible before this row appeared. */
export function useFollowing(list: { readonly current: HTMLOListElement | null }, last: number) {
  const wasAtEnd = useRef(true)
  useEffect(() => {
    const note = () => {
      wasAtEnd.current = innerHeight + scrollY >= document.documentElement.scrollHeight - 200
    }
    addEventListener('scroll', note, { passive: true })
    return () => removeEventListener('scroll', note)
  }, [])
  useLayoutEffect(() => {
    if (last > 0 && wasAtEnd.current) list.current?.lastElementChild?.scrollIntoView({ block: 'nearest' })
  }, [last, list])
}

/** Moves the focus to the next violation after the focused row. If there is no such violation, moves the focus to the first violation. */
export function jumpToViolation(list: HTMLOListElement | null): void {
  const all = [...(list?.querySelectorAll<HTMLElement>('.is-bad') ?? [])]
  const here = all.findIndex((one) => one.matches(':focus'))
  const next = all[(here + 1) % Math.max(1, all.length)]
  if (!next) return
  next.tabIndex = 0
  next.focus()
  next.scrollIntoView({ block: 'center' })
}

/** The keys of the view: Space pauses, `v` jumps, `f` filters, `x` changes the form of the bytes, arrows move between rows. */
export function useWireKeys(acts: { readonly toggle: () => void; readonly jump: () => void; readonly changeForm: () => void }) {
  const latest = useRef(acts)
  latest.current = acts
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return
      const { target, key } = event
      if (key === ' ' && target instanceof Element && target.closest('button, a, label, summary')) return
      if (key === ' ') latest.current.toggle()
      else if (key === 'v') latest.current.jump()
      else if (key === 'x') latest.current.changeForm()
      else if (key === 'f') document.querySelector<HTMLElement>('.wire__filter')?.focus()
      else if ((key !== 'ArrowDown' && key !== 'ArrowUp') || !moveFocus(key === 'ArrowDown')) return
      event.preventDefault()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
}

/** Moves the focus to the next or the previous row. Returns whether a row had the focus. */
function moveFocus(isDown: boolean): boolean {
  const row = document.activeElement
  if (!(row instanceof HTMLElement) || !row.classList.contains('wrow')) return false
  const rows = [...document.querySelectorAll<HTMLElement>('.wrow[tabindex]')]
  rows[rows.indexOf(row) + (isDown ? 1 : -1)]?.focus()
  return true
}
