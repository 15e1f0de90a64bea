import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { texts } from '../texts.ts'

/** LazyWire loads the wire view when it is first shown, so that the first load does not have it. */
export function LazyWire() {
  const [View, setView] = useState<ComponentType>()
  useEffect(() => {
    let isCurrent = true
    void import('./wire.tsx').then(({ WireView }) => {
      if (isCurrent) setView(() => WireView)
    })
    return () => {
      isCurrent = false
    }
  }, [])
  if (View) return <View />
  return (
    <main id="main" tabIndex={-1}>
      <h1>{texts.wire}</h1>
    </main>
  )
}
