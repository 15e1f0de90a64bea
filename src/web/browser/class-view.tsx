import '../styles/class.css'
import { useEffect, useRef, useState } from 'preact/hooks'
import { classTexts } from '../class-texts.ts'
import { logOperatorIn, logOperatorOut, readClassAccess } from '../connection/class-api.ts'
import { ClassClient, type ClassState } from '../connection/class-client.ts'
import { openPageSocket, type SocketEvents } from '../connection/socket.ts'
import { ClassBoard } from './class-board.tsx'
import { Icon } from './icons.tsx'
import { OPERATOR } from './page.ts'
import { RefusalText } from './people.tsx'
import { useViewTitle } from './reading.tsx'
import { Trouble } from './says.tsx'

/** ClassView shows the operator all programs of a server with `lab`. */
export function ClassView() {
  const [state, setState] = useState<ClassState>({ stage: 'loading' })
  const client = useRef<ClassClient>(null)
  useViewTitle(classTexts.title)
  useEffect(() => {
    const own = new ClassClient({
      ...{ openSocket, readAccess: readClassAccess, logIn: logOperatorIn, logOut: logOperatorOut },
      clock: { monotonic: () => performance.now(), after },
      ...{ lost: classTexts.lost, ended: classTexts.ended, wasLoggedIn: localStorage.getItem(OPERATOR) !== null },
      changed: setState,
    })
    client.current = own
    void own.start()
    return () => own.stop()
  }, [])
  const { stage } = state
  useEffect(() => {
    if (stage === 'open') localStorage.setItem(OPERATOR, 'yes')
    else if (stage !== 'loading') localStorage.removeItem(OPERATOR)
  }, [stage])
  switch (state.stage) {
    case 'loading':
      return <Loading />
    case 'no-lab':
      return (
        <Trouble title={classTexts.noLab} why={classTexts.noLabWhy}>
          <code>{classTexts.noLabCommand}</code>
        </Trouble>
      )
    case 'login':
      return <OperatorLogin isBusy={state.isBusy} error={state.error} logIn={(password) => void client.current?.logIn(password)} />
    case 'open':
      if (!state.model.isWhole && state.trouble === undefined) return <Loading />
      return <ClassBoard model={state.model} trouble={state.trouble} logOut={() => void client.current?.logOut()} />
  }
}

function Loading() {
  return (
    <main class="page page--class" id="main" tabIndex={-1}>
      <h1 class="sr">{classTexts.loading}</h1>
      <div class="skel skel--row" />
    </main>
  )
}

function OperatorLogin(props: {
  readonly isBusy: boolean
  readonly error: string | undefined
  readonly logIn: (password: string) => void
}) {
  const { isBusy, error, logIn } = props
  const [password, setPassword] = useState('')
  const submit = (event: Event) => {
    event.preventDefault()
    if (!isBusy) logIn(password)
  }
  return (
    <main class="page" id="main" tabIndex={-1}>
      <form class="operator" onSubmit={submit}>
        <h1>{classTexts.loginTitle}</h1>
        <p class="quiet">{classTexts.loginWhy}</p>
        {/* a browser stores a password only together with a name */}
        <input class="sr" type="text" name="username" autoComplete="username" value="operator" readOnly tabIndex={-1} aria-hidden="true" />
        <label class="field">
          <span>{classTexts.password}</span>
          <input
            class="in"
            name="password"
            type="password"
            autoComplete="current-password"
            required
            maxLength={512}
            value={password}
            aria-invalid={error !== undefined}
            aria-describedby={error === undefined ? undefined : 'operator-error'}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </label>
        {error !== undefined && (
          <p class="err" id="operator-error" role="alert">
            <Icon name="warn" />
            <RefusalText text={error} />
          </p>
        )}
        <button class="btn btn--go" type="submit" aria-disabled={isBusy}>
          {classTexts.logIn}
        </button>
      </form>
    </main>
  )
}

/** Connects to the class console of the server that has sent this page. */
function openSocket(events: SocketEvents) {
  return openPageSocket('ws/class', events)
}

function after(ms: number, then: () => void): () => void {
  const timer = setTimeout(then, ms)
  return () => clearTimeout(timer)
}
