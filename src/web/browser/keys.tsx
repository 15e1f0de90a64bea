import { useEffect, useRef, useState } from 'preact/hooks'
import { type Keys, keyTexts } from '../key-texts.ts'
import { texts } from '../texts.ts'
import { LETTER_GAMES, useKeys } from './board.ts'
import { Icon } from './icons.tsx'
import { type Route, usePage } from './page.ts'

/** KeysDialog lists the keys of the view after the user has pressed `?`. */
export function KeysDialog() {
  const { model, route } = usePage()
  const [isOpen, setOpen] = useState(false)
  const dialog = useRef<HTMLDialogElement>(null)
  useKeys((key) => {
    if (key === '?') setOpen(true)
  })
  useEffect(() => {
    if (isOpen) dialog.current?.showModal()
  }, [isOpen])
  if (!isOpen) return null
  const view = route.value
  const game = view.view === 'table' ? (model.value.tables.get(view.table)?.game ?? '') : ''
  const keys = toKeys(view, game)
  const close = () => setOpen(false)
  return (
    <dialog class="dlg" aria-labelledby="keys-title" ref={dialog} onClose={close}>
      <header>
        <h2 id="keys-title">{keyTexts.title}</h2>
        <button class="btn btn--plain btn--icon" type="button" aria-label={texts.close} onClick={close}>
          <Icon name="x" />
        </button>
      </header>
      <dl class="keylist">
        {[...keys, ...keyTexts.ofAll].map(([names, what]) => [
          <dt key={names}>
            {names.split(' ').map((name) => (
              <kbd key={name}>{name}</kbd>
            ))}
          </dt>,
          <dd key={what}>{what}</dd>,
        ])}
      </dl>
    </dialog>
  )
}

/** Returns the keys of a view. `game` is the name of the rules if the view is a table in play; otherwise empty. */
function toKeys(route: Route, game: string): Keys {
  const { lobby = [], table = [], replay = [], protocol = [] } = keyTexts.of
  if (route.view === 'lobby') return lobby
  if (route.view === 'protocols') return route.name === undefined ? [] : protocol
  if (route.view === 'class' || route.view === 'wire') return keyTexts.of[route.view] ?? []
  if (route.view !== 'table') return []
  if (route.move !== undefined || game === '') return replay
  return [...(keyTexts.of[game] ?? []), ...table.filter(([key]) => key !== 'b' || !LETTER_GAMES.has(game))]
}
