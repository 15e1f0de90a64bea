import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { accountTexts } from '../account-texts.ts'
import { formatMinute, toBadge } from '../formats.ts'
import type { Model } from '../model/model.ts'
import { texts } from '../texts.ts'
import { usePage } from './page.ts'
import { Badge, RefusalText, Section } from './people.tsx'

type SessionRow = NonNullable<Model['sessions']>['sessions'][number]

/** Sessions lists the sessions of the account, and has buttons that end sessions and connections. */
export function Sessions() {
  const page = usePage()
  const { client } = page
  const { sessions: list, account, ownSession, greeted } = page.model.value
  const change = account?.type === 'revoke' ? account : undefined
  const ended = change?.ended
  useEffect(() => {
    // `ended` is a new object after the server has ended sessions; the page then requests the list again, because the list has changed
    if (greeted) client.send({ type: 'sessions' })
  }, [client, greeted, ended])
  const isOwn = ({ key, current }: SessionRow) => current === true || key === ownSession
  const own = list?.sessions.find(isOwn)
  const others = list?.sessions.filter((session) => !isOwn(session)) ?? []
  // `connections` lists the connections that have logged in with a password; if this connection has no session, the list has this
  // connection, too
  const otherConnections = (list?.connections.length ?? 0) - (own?.current ? 0 : 1)
  const end = (key: string) => client.send({ type: 'revoke', key })
  const endOthers = () => client.send({ type: 'revoke', ...(own === undefined ? {} : { except: own.key }) })
  return (
    <Section id="h-sessions" title={accountTexts.sessions} number={list?.sessions.length}>
      <p class="quiet">{accountTexts.sessionsHint}</p>
      <ul class="sessions">
        {own && (
          <SessionItem session={own} isOwn>
            <button class="btn btn--s" type="button" onClick={() => void page.logOut()}>
              {texts.logOut}
            </button>
          </SessionItem>
        )}
        {others.map((session) => (
          <SessionItem key={session.key} session={session}>
            <button class="btn btn--s" type="button" disabled={change?.busy} onClick={() => end(session.key)}>
              {accountTexts.endSession}
              <span class="sr"> {accountTexts.sessionSince(formatMinute(session.since))}</span>
            </button>
          </SessionItem>
        ))}
      </ul>
      {list && otherConnections > 0 && <p>{accountTexts.otherConnections(otherConnections)}</p>}
      {(others.length > 0 || otherConnections > 0) && (
        <button class="btn" type="button" disabled={change?.busy} onClick={endOthers}>
          {accountTexts.endOthers}
        </button>
      )}
      {list && !own && (
        <button class="btn" type="button" onClick={() => void page.logOut()}>
          {texts.logOut}
        </button>
      )}
      <p role="status">
        {ended && accountTexts.sessionsEnded(ended.sessions, ended.connections)}
        {change?.error !== undefined && <RefusalText text={change.error} />}
      </p>
    </Section>
  )
}

function SessionItem(props: { readonly session: SessionRow; readonly isOwn?: boolean; readonly children: ComponentChildren }) {
  const { session, isOwn = false, children } = props
  const { since, used, links } = session
  return (
    <li>
      <b>{isOwn ? accountTexts.thisBrowser : accountTexts.sessionSince(formatMinute(since))}</b>
      <span class="quiet small">
        {isOwn && `${accountTexts.sessionSince(formatMinute(since))}. `}
        {accountTexts.sessionUsed(formatMinute(used))}
      </span>
      <span class="sessions__links">
        {links.map((link, at) => (
          <Badge key={at} {...toBadge(link)} />
        ))}
        {links.length === 0 && !isOwn && <span class="quiet small">{accountTexts.notConnected}</span>}
      </span>
      {children}
    </li>
  )
}
