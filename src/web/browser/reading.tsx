import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { isReadRefusal, type ReadRefusal } from '../connection/read-api.ts'
import { texts } from '../texts.ts'
import { Icon } from './icons.tsx'
import { RefusalText } from './people.tsx'

/** ApiReading is the state of a request to the read API. */
export type ApiReading<Answer> =
  | { readonly state: 'loading' }
  | { readonly state: 'read'; readonly answer: Answer }
  | { readonly state: 'refused'; readonly refusal: ReadRefusal; again(): void }

/**
 * Calls `read` when the page draws a component with a new `key`. Without a key, waits for a key. Drops an answer for an earlier key. `read`
 * may be a different function at each drawing.
 */
export function useReading<Answer extends object>(key: string | undefined, read: () => Promise<Answer | ReadRefusal>): ApiReading<Answer> {
  const [tries, setTries] = useState(0)
  const [found, setFound] = useState<{ readonly key: string; readonly answer: Answer | ReadRefusal }>()
  useEffect(() => {
    if (key === undefined) return
    let isCurrent = true
    void read().then((answer) => isCurrent && setFound({ key, answer }))
    return () => {
      isCurrent = false
    }
  }, [key, tries])
  if (!found || found.key !== key) return { state: 'loading' }
  const { answer } = found
  if (!isReadRefusal(answer)) return { state: 'read', answer }
  return {
    state: 'refused',
    refusal: answer,
    again: () => {
      setFound(undefined)
      setTries(tries + 1)
    },
  }
}

/**
 * ReadingState draws the answer of the read API. Before the answer arrives, ReadingState draws a placeholder. After a refusal, ReadingState
 * draws the reason and a button that repeats the request.
 */
export function ReadingState<Answer>(props: {
  readonly reading: ApiReading<Answer>
  readonly children: (answer: Answer) => ComponentChildren
}) {
  const { reading, children } = props
  if (reading.state === 'loading') return <div class="skel skel--row" />
  if (reading.state === 'read') return <>{children(reading.answer)}</>
  return (
    <div class="empty">
      <p class="err" role="alert">
        <Icon name="warn" />
        <RefusalText text={reading.refusal.message} />
      </p>
      <button class="btn" type="button" onClick={reading.again}>
        {texts.tryNow}
      </button>
    </div>
  )
}

/** Sets the title of the window to the name of the view. */
export function useViewTitle(name: string) {
  useEffect(() => {
    document.title = `${name} · ${texts.title}`
    return () => {
      document.title = texts.title
    }
  }, [name])
}
