import type { ReadonlySignal } from '@preact/signals'
import type { PageClient } from '../connection/page-client.ts'
import type { Model } from '../model/model.ts'
import { texts } from '../texts.ts'

/*
 * Logging in and out over HTTP. The server answers with a cookie that scripts cannot read, and logs the next connection in by it; so
 * the page connects again after each of the two.
 */

/** Address of the login session, relative to the page. */
const SESSION = 'api/session'

/** Returns the function that logs in with a password. */
export function logIn(client: PageClient): (name: string, password: string) => Promise<void> {
  return async (name, password) => {
    client.tell({ type: 'entering' })
    const reason = await openSession(name, password)
    if (reason !== undefined) {
      client.tell({ type: 'not-entered', reason })
      return
    }
    client.tell({ type: 'forgotten' })
    client.connect()
  }
}

/** Returns the function that registers a name, and then opens a session for it, so that the login survives a reload. */
export function register(client: PageClient, model: ReadonlySignal<Model>): (name: string, password: string) => void {
  return (name, password) => {
    client.send({ type: 'register', name, password })
    const stop = model.subscribe(({ me, entry }) => {
      if (entry.busy) return
      queueMicrotask(() => stop())
      if (me) void openSession(me.name, password).then((reason) => reason !== undefined && client.tell({ type: 'not-entered', reason }))
    })
  }
}

/** Returns the function that logs out. */
export function logOut(client: PageClient): () => Promise<void> {
  return async () => {
    if (client.model.me?.registered) await request('DELETE')
    client.tell({ type: 'forgotten' })
    client.tell({ type: 'unwished' })
    client.connect()
  }
}

/** Opens a session; returns a sentence if that fails. */
async function openSession(name: string, password: string): Promise<string | undefined> {
  const answer = await request('POST', JSON.stringify({ name, password }))
  if (answer === undefined) return texts.loginUnreachable
  if (answer.ok) return undefined
  return (await readReason(answer)) ?? texts.loginFailed
}

async function request(method: string, body?: string): Promise<Response | undefined> {
  try {
    return await fetch(SESSION, { method, ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }) })
  } catch (reason) {
    // `fetch` rejects with a TypeError if the server cannot be reached
    if (reason instanceof TypeError) return undefined
    throw reason
  }
}

/** Reads the sentence of a refusal, if the answer has one. */
async function readReason(answer: Response): Promise<string | undefined> {
  if (!answer.headers.get('content-type')?.includes('json')) return undefined
  const body: unknown = await answer.json()
  const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : undefined
  return typeof message === 'string' ? message : undefined
}
