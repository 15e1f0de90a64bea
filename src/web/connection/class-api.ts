import { texts } from '../texts.ts'
import { isReadRefusal, type ReadRefusal } from './read-api.ts'

/*
 * The operator logs in over HTTP. The server answers with a cookie that scripts cannot read, and the browser sends the cookie with the
 * WebSocket of the class and with the downloads.
 */

/** ClassAccess says whether the server has a class console, and whether this browser may see the console. */
export interface ClassAccess {
  readonly lab: boolean
  readonly operator: boolean
}

const SESSION = 'api/class/session'

/** Reads whether the server has a class console, and whether this browser may see the console. */
export function readClassAccess(): Promise<ClassAccess | ReadRefusal> {
  return request<ClassAccess>('api/class')
}

/** Logs the operator in. If the server refuses, resolves to the reason. */
export async function logOperatorIn(password: string): Promise<ReadRefusal | undefined> {
  const headers = { 'content-type': 'application/json' }
  const answer = await request<object>(SESSION, { method: 'POST', headers, body: JSON.stringify({ password }) })
  return isReadRefusal(answer) ? answer : undefined
}

/** Logs the operator out. If the server refuses, resolves to the reason. */
export async function logOperatorOut(): Promise<ReadRefusal | undefined> {
  const answer = await request<object>(SESSION, { method: 'DELETE' })
  return isReadRefusal(answer) ? answer : undefined
}

/** Sends a request. The server sends only answers that match the schema of that address. */
async function request<Answer extends object>(address: string, options: RequestInit = {}): Promise<Answer | ReadRefusal> {
  try {
    const answer = await fetch(address, options)
    if (answer.status === 204) return {} as Answer
    if (!answer.headers.get('content-type')?.includes('json')) return { code: 'failed', message: texts.unreadable }
    return (await answer.json()) as Answer | ReadRefusal
  } catch (reason) {
    // `fetch` rejects with a TypeError if it cannot reach the server
    if (reason instanceof TypeError) return { code: 'unavailable', message: texts.unreachable }
    throw reason
  }
}
