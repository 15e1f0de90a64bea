import { type ClassMessage, type ClassModel, emptyClass, foldClass } from '../model/class-model.ts'
import type { ClassAccess } from './class-api.ts'
import { isReadRefusal, type ReadRefusal } from './read-api.ts'
import { type OpenSocket, type PageClock, type PageSocket, toWait } from './socket.ts'

/** ClassState is the state of the view of the class. */
export type ClassState =
  | { readonly stage: 'loading' }
  /** The server has no class console, because the operator has started the server without `lab`. */
  | { readonly stage: 'no-lab' }
  | { readonly stage: 'login'; readonly isBusy: boolean; readonly error?: string }
  /** `trouble` has the reason, if the server sends no changes at present. */
  | { readonly stage: 'open'; readonly model: ClassModel; readonly trouble?: string }

/** ClassClientOptions has the services that the client needs. */
export interface ClassClientOptions {
  readonly openSocket: OpenSocket
  readonly readAccess: () => Promise<ClassAccess | ReadRefusal>
  readonly logIn: (password: string) => Promise<ReadRefusal | undefined>
  readonly logOut: () => Promise<ReadRefusal | undefined>
  readonly clock: Pick<PageClock, 'monotonic' | 'after'>
  /** Sentences for a lost connection, and for a login that has ended. */
  readonly lost: string
  readonly ended: string
  /** True if the operator was logged in when this browser last showed the class. */
  readonly wasLoggedIn: boolean
  readonly changed: (state: ClassState) => void
}

/** Milliseconds in which the client collects lines before the page draws these lines. */
const BATCH = 50

/**
 * ClassClient subscribes to the class console. The client first checks over HTTP whether this browser may see the class, because a page
 * cannot read why the server refuses a WebSocket. After a lost connection, the client tries again, with waits of 1, 2, 4 and up to 30
 * seconds.
 */
export class ClassClient {
  readonly #options: ClassClientOptions
  #state: ClassState = { stage: 'loading' }
  #socket: PageSocket | undefined
  #attempts = 0
  #lines: ClassMessage[] = []
  #cancelBatch: (() => void) | undefined
  #cancelWait: (() => void) | undefined
  #isStopped = false
  /** True if the operator expects to be logged in. */
  #isLoggedIn: boolean

  constructor(options: ClassClientOptions) {
    this.#options = options
    this.#isLoggedIn = options.wasLoggedIn
  }

  /** Checks the access of this browser, and then subscribes to the class. */
  async start(): Promise<void> {
    const access = await this.#options.readAccess()
    if (this.#isStopped) return
    if (isReadRefusal(access)) return this.#retry(access.message)
    if (!access.lab) return this.#set({ stage: 'no-lab' })
    if (!access.operator) return this.#requestLogin()
    this.#follow()
  }

  /** Ends the connection. The client then does not change its state any more. */
  stop(): void {
    this.#isStopped = true
    this.#cancelBatch?.()
    this.#cancelWait?.()
    this.#disconnect()
  }

  /** Logs the operator in. */
  async logIn(password: string): Promise<void> {
    this.#set({ stage: 'login', isBusy: true })
    const refusal = await this.#options.logIn(password)
    if (refusal) return this.#set({ stage: 'login', isBusy: false, error: refusal.message })
    return this.start()
  }

  /** Logs the operator out, in all tabs of this browser. */
  async logOut(): Promise<void> {
    const refusal = await this.#options.logOut()
    if (refusal && this.#state.stage === 'open') return this.#set({ ...this.#state, trouble: refusal.message })
    this.#disconnect()
    this.#isLoggedIn = false
    return this.start()
  }

  /** Shows the login form. If the operator expected to be logged in, the form also shows the reason. */
  #requestLogin(): void {
    this.#set({ stage: 'login', isBusy: false, ...(this.#isLoggedIn ? { error: this.#options.ended } : {}) })
    this.#isLoggedIn = false
  }

  #follow(): void {
    this.#isLoggedIn = true
    // the rows of a lost connection stay visible until the new snapshot is whole
    const earlier = this.#state.stage === 'open' ? this.#state : { stage: 'open' as const, model: emptyClass }
    let fresh = emptyClass
    this.#set(earlier)
    const flush = () => {
      this.#cancelBatch = undefined
      fresh = foldClass(fresh, this.#lines.splice(0), this.#options.clock.monotonic())
      if (fresh.isWhole) this.#set({ stage: 'open', model: fresh })
    }
    this.#lines = []
    const own: PageSocket = this.#options.openSocket({
      received: (text) => {
        if (this.#socket !== own) return
        const line: ClassMessage | { readonly refused: string } = JSON.parse(text)
        if ('refused' in line) return this.#refuse(line.refused)
        this.#attempts = 0
        this.#lines.push(line)
        this.#cancelBatch ??= this.#options.clock.after(BATCH, flush)
      },
      closed: () => {
        if (this.#socket !== own) return
        this.#disconnect()
        this.#retry(this.#options.lost)
      },
    })
    this.#socket = own
  }

  /** Shows why the server does not send the class to this browser, and tries again later. */
  #refuse(sentence: string): void {
    this.#disconnect()
    this.#retry(sentence)
  }

  #retry(trouble: string): void {
    const model = this.#state.stage === 'open' ? this.#state.model : emptyClass
    this.#set({ stage: 'open', model, trouble })
    this.#cancelWait = this.#options.clock.after(toWait(++this.#attempts), () => void this.start())
  }

  #disconnect(): void {
    const socket = this.#socket
    this.#socket = undefined
    this.#cancelBatch?.()
    this.#cancelBatch = undefined
    socket?.close()
  }

  #set(state: ClassState): void {
    if (this.#isStopped) return
    this.#state = state
    this.#options.changed(state)
  }
}
