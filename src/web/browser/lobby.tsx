import { useEffect, useRef, useState } from 'preact/hooks'
import { readProtocols } from '../connection/read-api.ts'
import { lobbyTexts } from '../lobby-texts.ts'
import type { GameInfo, Invitation, OwnSeek } from '../model/model.ts'
import { CLASSIC_PROGRAMS } from '../model/protocol-turn.ts'
import { toShown, toShownName } from '../shown.ts'
import { gameTexts, texts } from '../texts.ts'
import { useKeys } from './board.ts'
import { Icon } from './icons.tsx'
import { type ChosenSettings, GameSettings } from './lobby-settings.tsx'
import { OpenTables, OwnGames, TablesInPlay } from './lobby-tables.tsx'
import { HereNow, Messages } from './lobby-users.tsx'
import { Challenges } from './notes.tsx'
import { gameName, isLocal, usePage } from './page.ts'
import { Choice, CopyField, RefusalText, Section } from './people.tsx'
import { GamePicture } from './pictures.tsx'
import { useReading } from './reading.tsx'

/** Against is the kind of opponent that the user has chosen. A text that begins with an at sign names a user. */
type Against = 'anyone' | 'house' | 'friend' | `@${string}`
const AGAINST = ['anyone', 'house', 'friend'] as const satisfies readonly Against[]
const CLOCKS = { none: undefined, five: { total: 300_000 }, ten: { total: 600_000 }, turn: { turn: 30_000 } } as const
type ClockChoice = keyof typeof CLOCKS

/** Lobby is the first view: games to play, tables, users and messages. */
export function Lobby() {
  const { model, client } = usePage()
  const [against, setAgainst] = useState<Against>('anyone')
  const [clock, setClock] = useState<ClockChoice>('none')
  const [settings, setSettings] = useState<ChosenSettings>({})
  const [isRated, setRated] = useState(false)
  const [challenged, challenge] = useState<string>()
  const [receiver, setReceiver] = useState<string>()
  useEffect(() => {
    client.showLobby(true)
    return () => client.showLobby(false)
  }, [client])
  const { games, seek, invitation, door } = model.value
  const play = (game: GameInfo) => {
    const isAlone = game.seats.max === 1
    client.want({
      type: 'seek',
      game: game.game,
      replace: true,
      settings: settings[game.game] ?? {},
      ...(isRated && !isAlone && against !== 'house' ? { rated: true } : {}),
      ...(challenged !== undefined && against === `@${challenged}` && !isAlone ? { against: challenged } : {}),
      ...(CLOCKS[clock] ? { clock: CLOCKS[clock] } : {}),
      ...(isAlone || against === 'house' ? { wait: 0 } : { wait: null }),
      ...(against === 'friend' && !isAlone ? { private: true } : {}),
    })
  }
  useKeys((key) => {
    const chosen = AGAINST[Number(key) - 1]
    if (chosen) setAgainst(chosen)
  })
  return (
    <main class="page" id="main" tabIndex={-1}>
      <Challenges />
      {invitation && <InvitationNote invitation={invitation} />}
      {seek && <OwnSeekNote seek={seek} />}
      <OwnGames />
      <div class="lobby">
        <div>
          <div class="page__head">
            <h1>{texts.playAgainst}</h1>
            <Choice
              label={texts.opponent}
              name="against"
              all={challenged === undefined ? AGAINST : [...AGAINST, `@${challenged}`]}
              wordOf={(one) => (one.startsWith('@') ? toShownName(one.slice(1)) : texts.against[one as (typeof AGAINST)[number]])}
              chosen={against}
              choose={setAgainst}
            />
            <Choice
              label={texts.clockLabel}
              name="clock"
              all={Object.keys(CLOCKS) as ClockChoice[]}
              wordOf={(one) => texts.clocks[one]}
              chosen={clock}
              choose={setClock}
              isSmall
            />
          </div>
          <GameSettings games={games ?? []} chosen={settings} choose={setSettings} isRated={isRated} setRated={setRated} />
          <GameList games={games} play={play} />
          <OpenTables firstGame={games?.[0]} playHouse={(game) => client.want({ type: 'seek', game: game.game, wait: 0, replace: true })} />
          <TablesInPlay />
        </div>
        <aside aria-label={`${texts.hereNow}, ${texts.messages}`}>
          <HereNow
            write={setReceiver}
            challenge={(name) => {
              challenge(name)
              setAgainst(`@${name}`)
            }}
          />
          <Messages receiver={receiver} />
          <Section id="h-program" title={texts.byProgram}>
            {door !== undefined && <div class="dial">{texts.dial(location.hostname, door)}</div>}
            <p class="quiet small">{texts.byProgramHint}</p>
            <a class="btn btn--s" href="#wire">
              {texts.toOwnProgram}
            </a>
          </Section>
        </aside>
      </div>
    </main>
  )
}

function GameList({ games, play }: { readonly games: readonly GameInfo[] | undefined; readonly play: (game: GameInfo) => void }) {
  const { model } = usePage()
  const { lobby, me } = model.value
  const reading = useReading('protocols', readProtocols)
  const findPort = (rules: string) => {
    const served = reading.state === 'read' ? reading.answer.protocols.find(({ name }) => name === CLASSIC_PROGRAMS[rules]) : undefined
    return served?.ports.find(({ port }) => port !== undefined)?.port
  }
  // the seeks that this user can accept: all seeks except the user's own seek and challenges to other users
  const seekers = (lobby?.seekers ?? []).filter(({ name, against = me?.name }) => name !== me?.name && against === me?.name)
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (step === undefined || !(event.currentTarget instanceof HTMLElement)) return
    const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('button')]
    const next = buttons[buttons.indexOf(document.activeElement as HTMLElement) + step]
    if (!next) return
    next.focus()
    event.preventDefault()
  }
  return (
    <ul class="games" aria-label={texts.games} onKeyDown={move}>
      {games
        ? games.map((game) => {
            const waiting = seekers.filter((seek) => seek.game === game.game || seek.game === game.rules).length
            const port = findPort(game.rules)
            return (
              <li key={game.game}>
                <button class="game" type="button" onClick={() => play(game)}>
                  <GamePicture rules={game.rules} />
                  <span>
                    <b>{gameName(model.value, game.rules)}</b>
                    <small>{gameTexts[game.rules]?.about ?? toShown(game.title)}</small>
                  </span>
                  <span class="game__foot">
                    <span class="mono" aria-hidden="true">
                      {port !== undefined && `:${port}`}
                    </span>
                    {waiting > 0 && <span class="wait">{texts.waiting(waiting)}</span>}
                  </span>
                </button>
              </li>
            )
          })
        : Array.from({ length: 6 }, (_, at) => <GameShape key={at} />)}
    </ul>
  )
}

/**
 * GameShape is a placeholder with the size of a game. The page shows placeholders until the list of games arrives, so that nothing on the
 * page moves later.
 */
function GameShape() {
  return (
    <li>
      <span class="game game--shape">
        <svg class="pic" viewBox="0 0 160 92" aria-hidden="true" />
        <span>
          <b>&nbsp;</b>
          <small />
        </span>
        <span class="game__foot" />
      </span>
    </li>
  )
}

/**
 * InvitationNote shows a friend's invitation that the user has not accepted yet, or the reason why the server has refused the invitation.
 */
function InvitationNote({ invitation: { code, refusal } }: { readonly invitation: Invitation }) {
  const { client } = usePage()
  return (
    <div class={`ask${refusal === undefined ? '' : ' ask--bad'}`} role={refusal === undefined ? 'status' : 'alert'}>
      <Icon name={refusal === undefined ? 'link' : 'warn'} />
      <b>{refusal === undefined ? lobbyTexts.invited : <RefusalText text={refusal} />}</b>
      <span class="btns push">
        <button class="btn btn--go btn--s" type="button" onClick={() => client.want({ type: 'join', code, replace: true })}>
          {refusal === undefined ? lobbyTexts.joinFriend : lobbyTexts.joinAgain}
        </button>
        <button class="btn btn--s" type="button" onClick={() => client.tell({ type: 'dismissed' })}>
          {texts.close}
        </button>
      </span>
    </div>
  )
}

function OwnSeekNote({ seek }: { readonly seek: OwnSeek }) {
  const { model, client } = usePage()
  const game = gameName(model.value, seek.wish.game)
  const { against } = seek.wish
  const waits = against === undefined ? texts.seeking(game) : texts.asked(toShownName(against), game)
  const link = seek.code === undefined ? undefined : `${location.href.split('#')[0]}#join/${encodeURIComponent(seek.code)}`
  const note = useRef<HTMLDivElement>(null)
  // scrolls to the note, because on a phone, the game that the user has chosen may be far below the note
  useEffect(() => note.current?.scrollIntoView({ block: 'nearest' }), [])
  return (
    <div class="ask" role="status" ref={note}>
      <Icon name={link ? 'link' : 'clock'} />
      <b>{link ? lobbyTexts.friendWaits(game) : waits}</b>
      {link && <CopyField label={lobbyTexts.friendLink} value={link} />}
      <span class="btns push">
        <button class="btn btn--s" type="button" onClick={() => client.send({ type: 'cancel' })}>
          {texts.cancel}
        </button>
      </span>
      {link && isLocal() && <p class="ask__more quiet small">{`${lobbyTexts.linkHere} ${lobbyTexts.otherDevice}`}</p>}
    </div>
  )
}
