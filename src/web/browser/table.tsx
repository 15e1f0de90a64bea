import { useEffect } from 'preact/hooks'
import { formatTerms } from '../formats.ts'
import { mayMove, type TableModel } from '../model/table-model.ts'
import { toStatus } from '../status.ts'
import { texts } from '../texts.ts'
import { isTyping, LETTER_GAMES } from './board.ts'
import { Icon } from './icons.tsx'
import { gameName, usePage } from './page.ts'
import { RefusalText } from './people.tsx'
import { ReplayView } from './replay.tsx'
import { Strip } from './strip.tsx'
import { TableActs } from './table-acts.tsx'
import { BackLink, TableFrame } from './table-frame.tsx'
import { Missed, TableInfo, TableTalk } from './table-side.tsx'

/**
 * TableView shows a table to a player or a watcher. If the server does not open the table, for example because the game is over, TableView
 * shows a replay.
 */
export function TableView(props: { readonly id: number; readonly move: number | undefined; readonly token: string | undefined }) {
  const { id, move, token } = props
  const { model, client } = usePage()
  const table = model.value.tables.get(id)
  const { greeted } = model.value
  const isReplay = move !== undefined
  useEffect(() => {
    if (!table && greeted && !isReplay) client.tell({ type: 'opening', table: id })
  }, [table, greeted, isReplay, id, client])
  if (isReplay || (table?.closed !== undefined && !table.game)) return <ReplayView id={id} move={move} token={token} />
  if (table?.game) return <KnownTable table={table} />
  return (
    <main id="main" tabIndex={-1}>
      <div class="tbar">
        <BackLink />
        <h1>{texts.loadingTable(id)}</h1>
      </div>
    </main>
  )
}

function KnownTable({ table }: { readonly table: TableModel }) {
  const { client } = usePage()
  const { table: id, game } = table
  const status = toStatus(table)
  const play = (move: string) => {
    if (mayMove(client.model.tables.get(id) ?? table)) client.send({ type: 'play', table: id, move })
  }
  useTableTitle(table, status.isOn)
  useWatchers(id, table.joined === 'yes')
  useTableKeys(game)
  return (
    <TableFrame
      table={table}
      isOn={mayMove(table)}
      play={play}
      about={[texts.table(id), formatTerms(table)].filter(Boolean).join(', ')}
      corner={
        <span class="link">
          <Icon name="eye" />
          <span class="num">{table.watchers?.total ?? 0}</span>
          <span class="sr"> {texts.watchers}</span>
        </span>
      }
      side={
        <>
          <Missed table={table} />
          <TableTalk table={table} />
        </>
      }
      info={<TableInfo table={table} />}
    >
      <div class="says__now">
        <p class={`status${status.isOn ? ' is-on' : ''}${table.refusal ? ' sr' : ''}`} role="status">
          {status.text} {status.more && <span class="quiet">{status.more}</span>} {status.spoken && <span class="sr">{status.spoken}</span>}
        </p>
        <p class="refusal" role="alert">
          {table.refusal && (
            <>
              <Icon name="warn" />
              <RefusalText text={table.refusal} names={table.names} />
            </>
          )}
        </p>
      </div>
      <TableActs table={table} />
      <Strip table={table} />
    </TableFrame>
  )
}

/** Sets the title of the window to the table or, if it is this user's turn, to a dot and "Your turn". */
function useTableTitle(table: TableModel, isOn: boolean) {
  const { model } = usePage()
  const name = gameName(model.value, table.game)
  useEffect(() => {
    document.title = isOn ? `● ${texts.yourTurn.replace('.', '')}` : `${name}, ${texts.table(table.table)} · ${texts.title}`
    return () => {
      document.title = texts.title
    }
  }, [isOn, name, table.table])
}

/** Milliseconds between two requests for the watchers. */
const WATCHERS_EVERY = 10_000

function useWatchers(id: number, isJoined: boolean) {
  const { client } = usePage()
  useEffect(() => {
    if (!isJoined) return
    const ask = () => client.send({ type: 'watchers', table: id, limit: 20 })
    ask()
    const timer = setInterval(ask, WATCHERS_EVERY)
    return () => clearInterval(timer)
  }, [client, id, isJoined])
}

/** The keys of every table: `/` moves the focus to the talk and, if letters are not moves, `b` moves the focus to the board. */
function useTableKeys(game: string) {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && document.activeElement instanceof HTMLElement) document.activeElement.blur()
      if (isTyping(event) || (event.key === 'b' && LETTER_GAMES.has(game))) return
      const goal = { '/': '[data-say]', b: '.stage [tabindex="0"], .stage button:not(:disabled), .stage input' }[event.key]
      const found = goal === undefined ? null : document.querySelector<HTMLElement>(goal)
      if (!found) return
      event.preventDefault()
      found.focus()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [game])
}
