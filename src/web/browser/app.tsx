import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import { lobbyTexts } from '../lobby-texts.ts'
import { isOver } from '../model/table-model.ts'
import { texts } from '../texts.ts'
import { AccountView } from './account.tsx'
import { BackAgain, Banner, isStopped, Stopped } from './banner.tsx'
import { EntryDialog, type EntryForm } from './entry.tsx'
import { FinishedView } from './finished.tsx'
import { Icon, Mark } from './icons.tsx'
import { KeysDialog } from './keys.tsx'
import { LadderView } from './ladder.tsx'
import { LazyView } from './lazy-view.tsx'
import { Lobby } from './lobby.tsx'
import { Notes } from './notes.tsx'
import { OPERATOR, type Route, tableLink, usePage, userLink } from './page.ts'
import { UserName } from './people.tsx'
import { Trouble } from './says.tsx'
import { TableView } from './table.tsx'
import { UserView } from './user.tsx'

/** Loads the views of protocols. */
const loadProtocols = () => import('./protocols.tsx').then(({ ProtocolsView }) => ProtocolsView)

/** Loads the view of the wire. */
const loadWire = () => import('./wire.tsx').then(({ WireView }) => WireView)

/** Loads the view of the class. */
const loadClass = () => import('./class-view.tsx').then(({ ClassView }) => ClassView)

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
    // the page removes the code of an invitation from the address immediately, so that the browser's history does not have the code
    if (view.view !== 'join') return
    history.replaceState(null, '', '#lobby')
    dispatchEvent(new HashChangeEvent('hashchange'))
    client.want({ type: 'join', code: view.code, replace: true })
  }, [view, client])
  useEffect(() => {
    // the page also removes the token of a seat from the address, so that the browser's history does not have the token
    if (view.view !== 'table' || view.token === undefined) return
    history.replaceState(null, '', tableLink(view.table, view.move))
    dispatchEvent(new HashChangeEvent('hashchange'))
  }, [view])
  useEffect(() => {
    // the form closes after the login; otherwise, the form would open again when the user logs out
    if (me) setForm(undefined)
  }, [me])
  // a command that needs a name opens the dialog, except while a guest logs in again
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
      <Notes route={view} />
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
      return <TableView key={route.table} id={route.table} move={route.move} token={route.token} />
    case 'finished':
      return <FinishedView />
    case 'ladder':
      return <LadderView game={route.game} />
    case 'user':
      return <UserView key={route.name} name={route.name} />
    case 'account':
      return <AccountView />
    case 'protocols':
      return <LazyView key="protocols" load={loadProtocols} props={{ name: route.name }} />
    case 'class':
      return <LazyView key="class" load={loadClass} props={{}} />
    case 'wire':
      return <LazyView key="wire" load={loadWire} props={{ wanted: route.connection }} />
    case 'none':
      return <Trouble title={texts.noPage} why={texts.noPageWhy} />
    case 'join':
    case 'lobby':
      return <Lobby />
  }
}

/** The views to which the bar has links. */
const PLACES = [
  { view: 'lobby', link: '#lobby', name: texts.lobby },
  { view: 'ladder', link: '#ladder', name: texts.ladder },
  { view: 'finished', link: '#finished', name: texts.finished },
  { view: 'protocols', link: '#protocols', name: texts.protocols },
  { view: 'wire', link: '#wire', name: texts.wire },
] as const
/** The view of the operator. The bar has this link if the user is the operator, and in the view itself. */
const CLASS = { view: 'class', link: '#class', name: texts.class } as const

function Bar({ logIn }: { readonly logIn: () => void }) {
  const page = usePage()
  const { link, me, guest, entry } = page.model.value
  const { view } = page.route.value
  // a guest who logs in again already has a name
  const user = me ?? (entry.error === undefined ? guest : undefined)
  const word = link.state === 'lost' && link.bye !== undefined ? texts.link.stopped : texts.link[link.state]
  const isOperator = localStorage.getItem(OPERATOR) !== null
  const dot = link.state === 'open' ? '' : link.state === 'lost' ? ' dot--off' : ' dot--away'
  return (
    <header class={`bar${view === 'table' ? ' bar--table' : ''}`}>
      <a class="mark" href="#lobby">
        <Mark />
        {texts.title}
      </a>
      <nav class="nav" aria-label={texts.nav}>
        {(view === 'class' || isOperator ? [...PLACES, CLASS] : PLACES).map((place) => (
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
            <LogOutButton />
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

/** Milliseconds for which the button asks for a confirmation. */
const ASKS = 5000

/**
 * LogOutButton logs the user out. The button first asks a guest with an unfinished game for a confirmation, because a guest who has logged
 * out cannot return to the seat.
 */
function LogOutButton() {
  const { model, logOut } = usePage()
  const { me, tables } = model.value
  const [isAsking, setAsking] = useState(false)
  useEffect(() => {
    if (!isAsking) return
    const timer = setTimeout(() => setAsking(false), ASKS)
    return () => clearTimeout(timer)
  }, [isAsking])
  const loses = !me?.registered && [...tables.values()].some((table) => table.seat !== undefined && !isOver(table) && !table.closed)
  return (
    <button class="btn btn--plain btn--s" type="button" onClick={() => (loses && !isAsking ? setAsking(true) : void logOut())}>
      {loses && isAsking ? lobbyTexts.logOutLoses : texts.logOut}
    </button>
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
