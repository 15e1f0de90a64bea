import { useRef } from 'preact/hooks'
import { lobbyTexts } from '../lobby-texts.ts'
import type { Model } from '../model/model.ts'
import { isOver } from '../model/table-model.ts'
import { toShown } from '../shown.ts'
import { texts } from '../texts.ts'
import { Icon } from './icons.tsx'
import { tableLink, usePage } from './page.ts'
import { RefusalText } from './people.tsx'
import { Says, StoppedPicture } from './says.tsx'

/**
 * Banner shows problems of the connection: a lost connection, a stopped server, another version, another tab, skipped events, and refusals.
 */
export function Banner({ model }: { readonly model: Model }) {
  const { client, now } = usePage()
  const { link, notice, tables, lobby } = model
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
  if (link.state === 'elsewhere') {
    return (
      <div class="banner banner--ink" role="alert">
        <Icon name="again" />
        <b>{texts.elsewhere}</b>
        <button class="btn btn--s push" type="button" onClick={() => client.connect()}>
          {texts.connectHere}
        </button>
      </div>
    )
  }
  if (link.state === 'lost') {
    if (isStopped(model)) return null
    const seconds = toSeconds(link.retryAt ?? 0, now.value)
    const hasSeat = [...tables.values()].some((table) => table.seat !== undefined && !isOver(table))
    return (
      <section class={`banner${link.bye === undefined ? '' : ' banner--ink'}`} aria-label={texts.connection}>
        <Icon name={link.bye === undefined ? 'warn' : 'clock'} />
        <span role="alert">
          <b>
            {link.bye === undefined ? (
              link.refusal === undefined ? (
                texts.lost
              ) : (
                lobbyTexts.refused
              )
            ) : (
              <bdi>{texts.stopped(toShown(link.bye))}</bdi>
            )}
          </b>{' '}
          {link.refusal} {hasSeat && texts.lostSeat}
        </span>
        <span class="num">{link.retryAt === undefined ? texts.tryingNow : texts.tryingIn(seconds)}</span>
        <button class="btn btn--s push" type="button" onClick={() => client.connect()}>
          {texts.tryNow}
        </button>
      </section>
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
          <RefusalText text={notice} names={lobby?.people.map(({ name }) => name)} />
        )}
        <button class="btn btn--s push" type="button" onClick={() => client.tell({ type: 'dismissed' })}>
          {texts.close}
        </button>
      </div>
    )
  }
  return null
}

/** BackAgain announces to a screen reader that the connection is back. */
export function BackAgain({ isOpen, isLost }: { readonly isOpen: boolean; readonly isLost: boolean }) {
  const wasLost = useRef(false)
  if (isLost) wasLost.current = true
  return (
    <span class="sr" aria-live="polite">
      {isOpen && wasLost.current ? texts.back : ''}
    </span>
  )
}

/**
 * Returns true if the page must say that the server has stopped: the server has ended the connection, and at least one attempt to connect
 * again has failed. Before the failed attempt, the banner reports the loss, and the page still shows the view.
 */
export function isStopped({ link }: Model): boolean {
  return link.state === 'lost' && link.bye !== undefined && link.attempt > 1
}

/** Stopped says that the server has stopped, and lists the games of this user that the server has saved. */
export function Stopped({ model }: { readonly model: Model }) {
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
