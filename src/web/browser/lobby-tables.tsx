import type { ComponentChildren } from 'preact'
import { formatTerms } from '../formats.ts'
import type { GameInfo, LobbyPage } from '../model/model.ts'
import { toShownName } from '../shown.ts'
import { toStatus } from '../status.ts'
import { texts } from '../texts.ts'
import { Icon, SeatToken } from './icons.tsx'
import { findGame, gameName, tableLink, usePage } from './page.ts'
import { Section, UserName } from './people.tsx'
import { MiniPicture } from './pictures.tsx'

type ListedTable = LobbyPage['tables'][number]

/** TableRow is a row of a list of tables. */
function TableRow(props: {
  readonly game: string
  readonly about: string
  readonly names: readonly (string | undefined)[]
  readonly children: ComponentChildren
}) {
  const { game, about, names, children } = props
  const { model } = usePage()
  const rules = findGame(model.value, game)?.rules ?? game
  return (
    <li>
      <MiniPicture rules={rules} />
      <p class="what">
        <b>{gameName(model.value, game)}</b> <span>{about}</span>
      </p>
      <p class="seats">
        {names.map((name, seat) => (
          <span key={seat}>
            <SeatToken seat={seat} isMark={rules === 'tictactoe'} />
            {seat > 0 && <span class="sr">, </span>}
            {name === undefined ? (
              <span class="free">
                {texts.free}
                <span class="sr"> {texts.seat}</span>
              </span>
            ) : (
              <UserName name={name} />
            )}
          </span>
        ))}
      </p>
      <p class="act">{children}</p>
    </li>
  )
}

/** OpenTables lists the open seeks that any user can accept. */
export function OpenTables({
  firstGame,
  playHouse,
}: {
  readonly firstGame: GameInfo | undefined
  readonly playHouse: (game: GameInfo) => void
}) {
  const { model, client } = usePage()
  const { lobby, me } = model.value
  const seekers = (lobby?.seekers ?? []).filter(({ against, name }) => against === undefined && name !== me?.name)
  return (
    <Section id="h-open" title={texts.openTables} number={seekers.length}>
      {lobby === undefined ? (
        <div class="skel skel--row" />
      ) : seekers.length === 0 ? (
        <div class="empty">
          <EmptyTable />
          <h3>{texts.noOpenTables}</h3>
          <p>{texts.openOne}</p>
          {firstGame && (
            <button class="btn" type="button" onClick={() => playHouse(firstGame)}>
              {texts.firstGame(gameName(model.value, firstGame.rules))}
            </button>
          )}
        </div>
      ) : (
        <ul class="tables">
          {seekers.map(({ name, game, settings, rated, clock }) => (
            <TableRow key={name} game={game} about={formatTerms({ settings, rated, clock })} names={[name, undefined]}>
              <button
                class="btn btn--go"
                type="button"
                onClick={() =>
                  client.want({ type: 'seek', game, settings, rated, against: name, replace: true, ...(clock ? { clock } : {}) })
                }
              >
                {texts.sit}
                <span class="sr"> {texts.withUser(toShownName(name))}</span>
              </button>
            </TableRow>
          ))}
        </ul>
      )}
    </Section>
  )
}

/**
 * OwnGames lists the unfinished games of this user at the top of the lobby, so that a user who has left the view of a table finds the game
 * again. After a reload, the list has a game even before the page has resumed the user's seat, so that nothing in the view moves later.
 */
export function OwnGames() {
  const { model } = usePage()
  const own = [...model.value.tables.values()].filter(({ seat, sight, closed }) => seat !== undefined && !sight?.outcome && !closed)
  if (own.length === 0) return null
  return (
    <Section id="h-own" title={texts.yourGames} number={own.length}>
      <ul class="tables tables--own">
        {own.map((table) => (
          <TableRow
            key={table.table}
            game={table.game}
            about={[toAbout(table), toStatus(table).isOn ? texts.yourTurn : ''].filter(Boolean).join('. ')}
            names={table.names}
          >
            <a class="btn btn--go" href={tableLink(table.table)}>
              {texts.goOn}
              <span class="sr"> {texts.atTable(table.table)}</span>
            </a>
          </TableRow>
        ))}
      </ul>
    </Section>
  )
}

/** TablesInPlay lists the tables in play at which this user has no seat, with links to watch these tables. */
export function TablesInPlay() {
  const { model } = usePage()
  const { lobby, tables } = model.value
  const others = (lobby?.tables ?? []).filter(({ table, over }) => !over && tables.get(table)?.seat === undefined)
  return (
    <Section id="h-on" title={texts.inPlay} number={others.length}>
      {lobby === undefined ? (
        <div class="skel skel--row" />
      ) : others.length === 0 ? (
        <p class="quiet">{texts.noPlay}</p>
      ) : (
        <ul class="tables">
          {others.map((table) => (
            <TableRow key={table.table} game={table.game} about={toAbout(table)} names={table.names}>
              <a class="btn" href={tableLink(table.table)}>
                <Icon name="eye" />
                {texts.watch}
                <span class="sr"> {texts.table(table.table)},</span> <span class="quiet num">{table.watchers}</span>
                <span class="sr"> {texts.watchers}</span>
              </a>
            </TableRow>
          ))}
        </ul>
      )}
    </Section>
  )
}

function toAbout({ table, settings, rated, clock }: Pick<ListedTable, 'table' | 'settings' | 'rated' | 'clock'>): string {
  return [texts.table(table), formatTerms({ settings, rated, clock })].filter(Boolean).join(', ')
}

function EmptyTable() {
  return (
    <svg class="pic" width="220" height="110" viewBox="0 0 220 110" aria-hidden="true">
      <path d="M50 46h120l16 22H34z" class="card" />
      <path d="M48 68v30M172 68v30" />
      <path class="sa" d="M14 98V58h10M14 78h12v20" />
      <path class="sb" d="M206 98V58h-10M206 78h-12v20" />
      <path class="thin" d="M98 50l-4 14M122 50l4 14M82 54h56M78 60h64" />
    </svg>
  )
}
