import { signal } from '@preact/signals'
import { render } from 'preact'
import '../styles/tokens.css'
import '../styles/base.css'
import '../styles/lobby.css'
import '../styles/table.css'
import '../styles/boards.css'
import '../styles/solo.css'
import '../styles/records.css'
import '../styles/notices.css'
import '../styles/touch.css'
import { OwnMessages } from '../connection/own-messages.ts'
import { PageClient } from '../connection/page-client.ts'
import { findRefusal } from '../connection/read-api.ts'
import { openPageSocket, type SocketEvents } from '../connection/socket.ts'
import { isGuest } from '../connection/tab-memory.ts'
import { emptyModel, type Guest } from '../model/model.ts'
import { App } from './app.tsx'
import { changePassword, logIn, logOut, register, unregister } from './login.ts'
import { PageProvider, parseRoute } from './page.ts'

/** Milliseconds between two updates of the page's clock. */
const TICK = 250

/** Connects to the server that has sent this page, at an address relative to the page. */
function openSocket(events: SocketEvents) {
  return openPageSocket('ws', events)
}

function monotonic(): number {
  return performance.now()
}

function after(ms: number, then: () => void): () => void {
  const timer = setTimeout(then, ms)
  return () => clearTimeout(timer)
}

/**
 * Connects the copies of one tab with each other. If a user duplicates a tab, the browser also copies the stored data of the tab. Without
 * this function, both tabs would log in as the same guest again and again, because at each login the server would end the connection of the
 * other tab. The copy that has logged in last stays connected, and the other copies disconnect.
 */
function connectTabs(client: PageClient): (guest: Guest) => void {
  const tabs = new BroadcastChannel(`parlor ${location.pathname}`)
  tabs.addEventListener('message', ({ data }) => {
    const { me, guest } = client.model
    if (isGuest(data) && !me?.registered && data.name === (me ?? guest)?.name) client.yieldTo(data)
  })
  return (guest) => tabs.postMessage(guest)
}

function start(root: HTMLElement): void {
  const model = signal(emptyModel)
  const now = signal(performance.now())
  const route = signal(parseRoute(location.hash))
  const own = new OwnMessages(monotonic)
  const client = new PageClient({
    openSocket: own.watch(openSocket),
    clock: { now: Date.now, monotonic, after },
    store: sessionStorage,
    findRefusal,
    changed: (next) => {
      const { me, guest } = model.value
      model.value = next
      if (next.greeted && next.me && !next.me.registered && (!me || next.guest !== guest)) announce(next.guest ?? { name: next.me.name })
    },
  })
  const announce = connectTabs(client)
  addEventListener('hashchange', () => {
    route.value = parseRoute(location.hash)
  })
  // when a phone wakes up or the network changes, the page checks the connection immediately, and does not wait for the next attempt or
  // ping
  for (const change of ['online', 'offline', 'pageshow']) addEventListener(change, () => client.wake())
  document.addEventListener('visibilitychange', () => !document.hidden && client.wake())
  setInterval(() => {
    if (!document.hidden) now.value = performance.now()
  }, TICK)
  const page = {
    ...{ model, now, route, client, own },
    ...{ logIn: logIn(client), register: register(client, model), logOut: logOut(client) },
    ...{ changePassword: changePassword(client, model), unregister: unregister(client, model) },
  }
  client.start()
  render(
    <PageProvider value={page}>
      <App />
    </PageProvider>,
    root,
  )
}

const root = document.getElementById('page')
if (root) start(root)
