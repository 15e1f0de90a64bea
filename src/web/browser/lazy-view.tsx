import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { texts } from '../texts.ts'
import { Trouble } from './says.tsx'

/** LazyViewProps has the function that loads a view, and the properties of the view. `load` must be the same function at each drawing. */
interface LazyViewProps<Props extends object> {
  readonly load: () => Promise<ComponentType<Props>>
  readonly props: Props
}

/**
 * LazyView draws a view whose code the page loads at the first use of the view, so that the first load is smaller. If the server does not
 * send the code, for example because the server has a new version of the page, the user can reload.
 */
export function LazyView<Props extends object>({ load, props }: LazyViewProps<Props>) {
  const [loaded, setLoaded] = useState<{ readonly View?: ComponentType<Props> }>()
  useEffect(() => {
    let isCurrent = true
    const show = (View?: ComponentType<Props>) => isCurrent && setLoaded(View ? { View } : {})
    load().then(show, (reason) => {
      // the import rejects with a TypeError if the browser cannot load the file
      if (!(reason instanceof TypeError)) throw reason
      show()
    })
    return () => {
      isCurrent = false
    }
  }, [load])
  if (!loaded) {
    return (
      <main class="page" id="main" tabIndex={-1}>
        <div class="skel skel--row" />
      </main>
    )
  }
  const { View } = loaded
  if (View) return <View {...props} />
  return (
    <Trouble title={texts.notLoaded} why={texts.unreachable}>
      <button class="btn btn--go" type="button" onClick={() => location.reload()}>
        {texts.reload}
      </button>
    </Trouble>
  )
}
