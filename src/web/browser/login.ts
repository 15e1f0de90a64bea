import type { ReadonlySignal } from '@preact/signals'
import type { PageClient } from '../connection/page-client.ts'
import type { Model } from '../model/model.ts'
import { texts } from '../texts.ts'

/*
 * This file logs the user in and out over HTTP. The server answers a login with a cookie that scripts cannot read. The browser sends this
 * cookie with the next connection, and so logs the user in. Therefore the page connects again after each login and each logout.
 */

/** Address of the login session, relative to the page. */
const SESSION = 'api/session'

/** Returns the function that logs a user in with a password. */
export function logIn(client: PageClient): (name: string, password: string) => Promise<void> {
  return async (name, password) => {
    client.tell({ type: 'entering' })
    const opened = await openSession(name, password)
    if ('reason' in opened) {
      client.tell({ type: 'not-entered', reason: opened.reason })
      return
    }
    client.tell({ type: 'forgotten' })
    client.connect()
  }
}

/** Returns the function that registers a name. The function then opens a session for this name, so that the login survives a reload. */
export function register(client: PageClient, model: ReadonlySignal<Model>): (name: string, password: string) => void {
  return (name, password) => {
    client.send({ type: 'register', name, password })
    whenIdle(
      model,
      ({ entry }) => entry.busy,
      ({ me, entry }) => {
        if (me?.registered && entry.error === undefined) void keepLogin(client, me.name, password)
      },
    )
  }
}

/**
 * Returns the function that changes the password. After the change, the server ends all sessions, so the page opens a new session with the
 * new password.
 */
export function changePassword(client: PageClient, model: ReadonlySignal<Model>): (old: string, password: string) => void {
  return (old, password) => {
    client.send({ type: 'password', old, password })
    whenIdle(
      model,
      ({ account }) => account?.busy === true,
      ({ me, account }) => {
        if (me && account?.ended) void keepLogin(client, me.name, password)
      },
    )
  }
}

/** Returns the function that deletes the account of the user, and then connects again without a login. */
export function unregister(client: PageClient, model: ReadonlySignal<Model>): (password: string) => void {
  return (password) => {
    client.send({ type: 'unregister', password })
    whenIdle(
      model,
      ({ account }) => account?.busy === true,
      ({ account }) => {
        if (account?.ended) void logOut(client)()
      },
    )
  }
}

/** Calls `then` once with the first model that is not busy. */
function whenIdle(model: ReadonlySignal<Model>, isBusy: (model: Model) => boolean, then: (model: Model) => void): void {
  let isDone = false
  const stop = model.subscribe((next) => {
    if (isDone || isBusy(next)) return
    isDone = true
    // the microtask is necessary, because a subscriber must not change the model, as `then` may do, and because `stop` perhaps has no value
    // yet
    queueMicrotask(() => {
      stop()
      then(next)
    })
  })
}

/** Opens a session, so that the login survives a reload. */
async function keepLogin(client: PageClient, name: string, password: string): Promise<void> {
  client.tell({ type: 'entering' })
  const opened = await openSession(name, password)
  client.tell('reason' in opened ? { type: 'not-entered', reason: opened.reason } : { type: 'kept', session: opened.key })
}

/** Returns the function that logs the user out. */
export function logOut(client: PageClient): () => Promise<void> {
  return async () => {
    if (client.model.me?.registered) await request('DELETE')
    client.tell({ type: 'forgotten' })
    client.tell({ type: 'unwished' })
    client.connect()
  }
}

/** Opens a session. Resolves to the key of the session or, after a failure, to the reason as a sentence. */
async function openSession(name: string, password: string): Promise<{ readonly key: string } | { readonly reason: string }> {
  const answer = await request('POST', JSON.stringify({ name, password }))
  if (answer === undefined) return { reason: texts.loginUnreachable }
  // the server has validated this answer with its schema
  if (answer.ok) return (await answer.json()) as { readonly key: string }
  return { reason: (await readReason(answer)) ?? texts.loginFailed }
}

async function request(method: string, body?: string): Promise<Response | undefined> {
  try {
    return await fetch(SESSION, { method, ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }) })
  } catch (reason) {
    // `fetch` rejects with a TypeError if the browser cannot reach the server
    if (reason instanceof TypeError) return undefined
    throw reason
  }
}

/** Reads the sentence of a refusal; resolves to `undefined` for an answer without a sentence. */
async function readReason(answer: Response): Promise<string | undefined> {
  if (!answer.headers.get('content-type')?.includes('json')) return undefined
  const body: unknown = await answer.json()
  const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : undefined
  return typeof message === 'string' ? message : undefined
}
