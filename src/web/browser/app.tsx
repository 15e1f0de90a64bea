import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Model } from '../model/model.ts'
import { isOver } from '../model/table-model.ts'
import { toShown } from '../shown.ts'
import { texts } from '../texts.ts'
import { AccountView } from './account.tsx'
import { EntryDialog, type EntryForm } from './entry.tsx'
import { FinishedView } from './finished.tsx'
import { Icon, Mark } from './icons.tsx'
import { KeysDialog } from './keys.tsx'
import { LadderView } from './ladder.tsx'
import { Lobby } from './lobby.tsx'
import { type Route, tableLink, usePage, userLink } from './page.ts'
import { ServerText, UserName } from './people.tsx'
import { Says, StoppedPicture, Trouble } from './says.tsx'
import { TableView } from './table.tsx'
import { UserView } from './user.tsx'

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
      {isStopped(model.value) ? <Stopped model={model.value} /> : <View route={view} />}
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

function View({ route }: { readonly route: Route }) {
  switch (route.view) {
    case 'table':
      return <TableView key={route.table} id={route.table} move={route.move} />
    case 'finished':
      return <FinishedView />
    case 'ladder':
      return <LadderView game={route.game} />
    case 'user':
      return <UserView key={route.name} name={route.name} />
    case 'account':
      return <AccountView />
    case 'none':
      return <Trouble title={texts.noPage} why={texts.noPageWhy} />
    case 'join':
    case 'lobby':
      return <Lobby />
  }
}

/**
 * Checks whether the page says that the server has stopped: the server has ended the connection, and at least one attempt to connect
 * again has failed. Before that, the banner says so, and the view stays.
 */
function isStopped({ link }: Model): boolean {
  return link.state === 'lost' && link.bye !== undefined && link.attempt > 1
}

function Stopped({ model }: { readonly model: Model }) {
  const { client, now } = usePage()
  const { link, tables } = model
  if (link.state !== 'lost') return null
  const own = [...tables.values()].filter((table) => table.seat !== undefined && !isOver(table))
  return (
    <Says picture={<StoppedPicture />} title={texts.stoppedTitle} why={<bdi>{texts.stoppedWhy(toShown(link.bye ?? ''))}</bdi>}>
      {own.map((table) => (
        <span key={table.table}>{texts.savedAfter(table.table, table.moves.length)}</span>
      ))}
      <span class="quiet num">{link.retryAt === undefined ? texts.tryingNow : texts.tryingIn(toSeconds(link.retryAt, now.value))}</span>
      <button class="btn" type="button" onClick={() => client.connect()}>
        {texts.tryNow}
      </button>
    </Says>
  )
}

/** Returns the seconds until a time, at least 1. */
function toSeconds(time: number, now: number): number {
  return Math.max(1, Math.ceil((time - now) / 1000))
}

/** The places to which the bar leads. */
const PLACES = [
  { view: 'lobby', link: '#lobby', name: texts.lobby },
  { view: 'ladder', link: '#ladder', name: texts.ladder },
  { view: 'finished', link: '#finished', name: texts.finished },
] as const

function Bar({ logIn }: { readonly logIn: () => void }) {
  const page = usePage()
  const { link, me, guest, entry } = page.model.value
  const { view } = page.route.value
  // a guest who is just logging in again has the name already
  const user = me ?? (entry.error === undefined ? guest : undefined)
  const word = link.state === 'lost' && link.bye !== undefined ? texts.link.stopped : texts.link[link.state]
  const dot = link.state === 'open' ? '' : link.state === 'lost' ? ' dot--off' : ' dot--away'
  return (
    <header class={`bar${view === 'table' ? ' bar--table' : ''}`}>
      <a class="mark" href="#lobby">
        <Mark />
        {texts.title}
      </a>
      <nav class="nav" aria-label={texts.nav}>
        {PLACES.map((place) => (
          <a key={place.view} href={place.link} aria-current={place.view === view ? 'page' : undefined}>
            {place.name}
          </a>
        ))}
      </nav>
      <div class="bar__side">
        <span class="link">
          <span class={`dot${dot}`} />
          <span class={link.state === 'open' ? 'sr' : undefined}>{word}</span>
        </span>
        <ThemeButton />
        {user ? (
          <>
            <a class="bar__name" href={userLink(user.name)}>
              <UserName name={user.name} />
            </a>
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
  const missed = [...tables.values()].find((table) => table.skipped !== undefined)
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
    if (isStopped(model)) return null
    const seconds = toSeconds(link.retryAt ?? 0, now.value)
    const hasSeat = [...tables.values()].some((table) => table.seat !== undefined && !isOver(table))
    return (
      <div class={`banner${link.bye === undefined ? '' : ' banner--ink'}`}>
        <Icon name={link.bye === undefined ? 'warn' : 'clock'} />
        <span role="alert">
          <b>{link.bye === undefined ? texts.lost : texts.stopped(toShown(link.bye))}</b> {hasSeat && texts.lostSeat}
        </span>
        <span class="num">{link.retryAt === undefined ? texts.tryingNow : texts.tryingIn(seconds)}</span>
        <button class="btn btn--s push" type="button" onClick={() => client.connect()}>
          {texts.tryNow}
        </button>
      </div>
    )
  }
  if (notice !== undefined || missed) {
    return (
      <div class="banner banner--ink" role={notice === undefined ? 'status' : 'alert'}>
        <Icon name={notice === undefined ? 'again' : 'warn'} />
        {notice === undefined ? (
          <>
            <b>{texts.skipped(missed?.skipped ?? 0)}</b> <span>{texts.skippedWhy}</span>
            {missed && isOver(missed) && (
              <a class="btn btn--s" href={tableLink(missed.table, 0)}>
                {texts.whatMissed}
              </a>
            )}
          </>
        ) : (
          <ServerText text={notice} />
        )}
        <button class="btn btn--s push" type="button" onClick={() => client.tell({ type: 'dismissed' })}>
          {texts.close}
        </button>
      </div>
    )
  }
  return null
}
