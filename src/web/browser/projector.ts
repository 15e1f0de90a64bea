import { useEffect, useState } from 'preact/hooks'

/** Name under which the browser stores the size, and its value. */
const NAME = 'parlor.scale'
const PROJECTOR = 'projector'

/**
 * Returns whether the view is drawn in the size of a projector, and a function that changes and stores that. The size ends with the view,
 * because the other views are for a user at a desk.
 */
export function useProjector(): readonly [isProjector: boolean, set: (isProjector: boolean) => void] {
  const [isProjector, setProjector] = useState(() => localStorage.getItem(NAME) === PROJECTOR)
  useEffect(() => {
    const { dataset } = document.documentElement
    if (isProjector) dataset.scale = PROJECTOR
    return () => {
      delete dataset.scale
    }
  }, [isProjector])
  const set = (next: boolean) => {
    if (next) localStorage.setItem(NAME, PROJECTOR)
    else localStorage.removeItem(NAME)
    setProjector(next)
  }
  return [isProjector, set]
}
