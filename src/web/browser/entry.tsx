import { useEffect, useRef, useState } from 'preact/hooks'
import { lobbyTexts } from '../lobby-texts.ts'
import { toShown } from '../shown.ts'
import { texts } from '../texts.ts'
import { Icon } from './icons.tsx'
import { usePage } from './page.ts'
import { RefusalText } from './people.tsx'

/** EntryForm is the form in which the user gets a name: as a guest, with a password, or by registering. */
export type EntryForm = 'guest' | 'login' | 'register'

const TITLES: Readonly<Record<EntryForm, string>> = { guest: texts.nameTitle, login: texts.logIn, register: texts.registerTitle }
const BUTTONS: Readonly<Record<EntryForm, string>> = { guest: texts.asGuest, login: texts.logIn, register: texts.register }

/** EntryDialog asks for a name, and closes when the user has a name. */
export function EntryDialog({ first, close }: { readonly first: EntryForm; readonly close: () => void }) {
  const page = usePage()
  const { model, client } = page
  const { entry, me, wish } = model.value
  const [form, setForm] = useState(first)
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
    dialog.current?.querySelector('input')?.focus()
  }, [])
  useEffect(() => {
    if (me) close()
  }, [me, close])
  const submit = (event: Event) => {
    event.preventDefault()
    if (entry.busy) return
    const typed = name.trim()
    if (form === 'login') void page.logIn(typed, password)
    else if (form === 'register') page.register(typed, password)
    else client.send({ type: 'enter', name: typed })
  }
  const { proposal } = entry
  return (
    <dialog class="dlg" aria-labelledby="entry-title" ref={dialog} onClose={close}>
      <header>
        <h2 id="entry-title">{TITLES[form]}</h2>
        <button class="btn btn--plain btn--icon" type="button" aria-label={texts.close} onClick={close}>
          <Icon name="x" />
        </button>
      </header>
      <form onSubmit={submit}>
        {wish?.type === 'join' && <p>{lobbyTexts.invited}</p>}
        <label class="field">
          <span>{texts.name}</span>
          <input
            class="in"
            name="name"
            autoComplete={form === 'guest' ? 'nickname' : 'username'}
            autoCapitalize="off"
            spellcheck={false}
            required
            maxLength={80}
            value={name}
            aria-invalid={entry.error !== undefined}
            aria-describedby={entry.error === undefined ? undefined : 'entry-error'}
            onInput={(event) => setName(event.currentTarget.value)}
          />
          {form === 'guest' && <small>{texts.nameHint}</small>}
        </label>
        {form !== 'guest' && (
          <label class="field">
            <span>{texts.password}</span>
            <input
              class="in"
              name="password"
              type="password"
              autoComplete={form === 'login' ? 'current-password' : 'new-password'}
              required
              maxLength={512}
              value={password}
              onInput={(event) => setPassword(event.currentTarget.value)}
            />
            {form === 'register' && <small>{texts.newPasswordHint}</small>}
          </label>
        )}
        {entry.error !== undefined && (
          <p class="err" id="entry-error" role="alert">
            <Icon name="warn" />
            <RefusalText text={entry.error} names={[name.trim()]} />
          </p>
        )}
        {proposal !== undefined && form !== 'login' && (
          <button class="btn" type="button" onClick={() => setName(proposal)}>
            <bdi>{texts.takeProposal(toShown(proposal))}</bdi>
          </button>
        )}
        <button class="btn btn--go" type="submit" disabled={entry.busy}>
          {BUTTONS[form]}
        </button>
        <p class="rowline">
          {(['guest', 'login', 'register'] as const)
            .filter((one) => one !== form)
            .map((one) => (
              <button key={one} class="plainlink" type="button" onClick={() => setForm(one)}>
                {{ guest: texts.asGuest, login: texts.haveName, register: texts.registerTitle }[one]}
              </button>
            ))}
        </p>
      </form>
    </dialog>
  )
}
