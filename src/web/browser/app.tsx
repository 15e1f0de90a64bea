import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Model } from '../model/model.ts'
import { isOver } from '../model/table-model.ts'
import { texts } from '../texts.ts'
import { EntryDialog, type EntryForm } from './entry.tsx'
import { Icon, Mark } from './icons.tsx'
import { KeysDialog } from './keys.tsx'
import { Lobby } from './lobby.tsx'
import { tableLink, usePage } from './page.ts'
import { UserName } from './people.tsx'
import { TableView } from './table.tsx'

/** App is the whole page: the bar, the banner with notices, one view, and the dialog for a name. */
export function App() {
  const { model, route, client } = usePage()
  const { me, wish, opened, guest, entry } = model.value
  const [form, setForm] = useState<EntryForm>()
  const view = route.value
  useLayoutEffect(() => {
    if (opened === undefined) return
    location.hash = tableLink(opened)
    client.tell({ type: 'shown' })
  }, [opened, client])
  useEffect(() => {
    // the code of an invitation leaves the address immediately, so that it is in no history
    if (view.view !== 'join') return
    history.replaceState(null, '', '#lobby')
    dispatchEvent(new HashChangeEvent('hashchange'))
    client.want({ type: 'join', code: view.code, replace: true })
  }, [view, client])
  // a command that needs a name opens the dialog, unless a guest is just logging in
  const asks = wish && !me && !(guest && !entry.error) ? 'guest' : undefined
  const shownForm = me ? undefined : (form ?? asks)
  const close = () => setForm(undefined)
  return (
    <>
      <button class="skip" type="button" onClick={() => document.getElementById('main')?.focus()}>
        {texts.skip}
      </button>
      <Bar logIn={() => setForm('login')} />
      <Banner model={model.value} />
      <BackAgain isOpen={model.value.link.state === 'open'} isLost={model.value.link.state === 'lost'} />
      {view.view === 'table' ? <TableView key={view.table} id={view.table} /> : <Lobby />}
      <KeysDialog />
      {shownForm && (
        <EntryDialog
          key={shownForm}
          first={shownForm}
          close={() => {
            close()
            if (asks && !client.model.me) client.tell({ type: 'unwished' })
          }}
        />
      )}
    </>
  )
}

function Bar({ logIn }: { readonly logIn: () => void }) {
  const page = usePage()
  const { link, me, guest, entry } = page.model.value
  // a guest who is just logging in again has the name already
  const user = me ?? (entry.error === undefined ? guest : undefined)
  const word = link.state === 'lost' && link.bye !== undefined ? texts.link.stopped : texts.link[link.state]
  const dot = link.state === 'open' ? '' : link.state === 'lost' ? ' dot--off' : ' dot--away'
  return (
    <header class="bar">
      <a class="mark" href="#lobby">
        <Mark />
        {texts.title}
      </a>
      <div class="bar__side">
        <span class="link">
          <span class={`dot${dot}`} />
          <span class={link.state === 'open' ? 'sr' : undefined}>{word}</span>
        </span>
        <ThemeButton />
        {user ? (
          <>
            <span class="bar__name">
              <UserName name={user.name} />
            </span>
            <button class="btn btn--plain btn--s" type="button" onClick={() => void page.logOut()}>
              {texts.logOut}
            </button>
          </>
        ) : (
          <button class="btn btn--s" type="button" onClick={logIn}>
            {texts.logIn}
          </button>
        )}
      </div>
    </header>
  )
}

/** Announces to a screen reader that the connection is back. */
function BackAgain({ isOpen, isLost }: { readonly isOpen: boolean; readonly isLost: boolean }) {
  const wasLost = useRef(false)
  if (isLost) wasLost.current = true
  return (
    <span class="sr" aria-live="polite">
      {isOpen && wasLost.current ? texts.back : ''}
    </span>
  )
}

const THEMES = ['system', 'light', 'dark'] as const
const THEME = 'parlor.theme'

function ThemeButton() {
  const [theme, setTheme] = useState(() => THEMES.find((one) => one === localStorage.getItem(THEME)) ?? 'system')
  const change = () => {
    const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system'
    localStorage.setItem(THEME, next)
    if (next === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = next
    setTheme(next)
  }
  return (
    <button class="btn btn--plain btn--icon" type="button" aria-label={texts.theme(theme)} onClick={change}>
      <Icon name="theme" />
    </button>
  )
}

/** Banner shows a lost or ended connection, another version of the server, skipped events, and refusals. */
function Banner({ model }: { readonly model: Model }) {
  const { client, now } = usePage()
  const { link, notice, tables } = model
  const skipped = [...tables.values()].find((table) => table.skipped !== undefined)?.skipped
  if (link.state === 'outdated') {
    return (
      <div class="banner banner--ink" role="alert">
        <Icon name="again" />
        <b>{texts.outdated}</b>
        <button class="btn btn--s push" type="button" onClick={() => location.reload()}>
          {texts.reload}
        </button>
      </div>
    )
  }
  if (link.state === 'lost') {
    const seconds = Math.max(1, Math.ceil(((link.retryAt ?? 0) - now.value) / 1000))
    const hasSeat = [...tables.values()].some((table) => table.seat !== undefined && !isOver(table))
    return (
      <div class={`banner${link.bye === undefined ? '' : ' banner--ink'}`}>
        <Icon name={link.bye === undefined ? 'warn' : 'clock'} />
        <span role="alert">
          <b>{link.bye === undefined ? texts.lost : texts.stopped(link.bye)}</b> {hasSeat && texts.lostSeat}
        </span>
        <span class="num">{link.retryAt === undefined ? texts.tryingNow : texts.tryingIn(seconds)}</span>
        <button class="btn btn--s push" type="button" onClick={() => client.connect()}>
          {texts.tryNow}
        </button>
      </div>
    )
  }
  if (notice !== undefined || skipped !== undefined) {
    return (
      <div class="banner banner--ink" role="alert">
        <Icon name="warn" />
        <bdi>{notice ?? texts.skipped(skipped ?? 0)}</bdi>
        <button class="btn btn--s push" type="button" onClick={() => client.tell({ type: 'dismissed' })}>
          {texts.close}
        </button>
      </div>
    )
  }
  return null
}
