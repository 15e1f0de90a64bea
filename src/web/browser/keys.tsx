import { useEffect, useRef, useState } from 'preact/hooks'
import { texts } from '../texts.ts'
import { LETTER_GAMES, useKeys } from './board.ts'
import { Icon } from './icons.tsx'
import { usePage } from './page.ts'

/** KeysDialog shows the keys of the view after `?`. */
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
  const keys =
    view.view === 'table'
      ? [...(texts.keys[game] ?? []), ...(texts.keys.table ?? []).filter(([key]) => key !== 'b' || !LETTER_GAMES.has(game))]
      : (texts.keys.lobby ?? [])
  const close = () => setOpen(false)
  return (
    <dialog class="dlg" aria-labelledby="keys-title" ref={dialog} onClose={close}>
      <header>
        <h2 id="keys-title">{texts.keysTitle}</h2>
        <button class="btn btn--plain btn--icon" type="button" aria-label={texts.close} onClick={close}>
          <Icon name="x" />
        </button>
      </header>
      <dl class="keylist">
        {keys.map(([names, what]) => [
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
