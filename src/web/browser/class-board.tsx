import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { classTexts } from '../class-texts.ts'
import { type ClassModel, type ClassTile, countBrowsers, formatPlace, keepOrder, STATUSES, toTiles } from '../model/class-model.ts'
import { toShown } from '../shown.ts'
import { useKeys } from './board.ts'
import { ClassWall } from './class-wall.tsx'
import { Icon } from './icons.tsx'
import { usePage } from './page.ts'
import { Choice, ServerText } from './people.tsx'

/**
 * The order of the tiles changes at most once in this number of milliseconds; only a violation changes the order earlier. After a move of
 * the mouse or of the focus on the tiles, the order does not change for this number of milliseconds.
 */
const ORDER = 5000
const LAYOUTS = ['wall', 'list'] as const
const FILTERS = ['all', 'bad', 'stuck', 'playing', 'done'] as const

/** Name under which the browser stores the size of the view, and the stored value for a projector. */
const SCALE = 'parlor.scale'
const PROJECTOR = 'projector'

interface ClassBoardProps {
  readonly model: ClassModel
  /** The reason why the server sends no changes at present; `undefined` if the server sends changes. */
  readonly trouble: string | undefined
  readonly logOut: () => void
}

/** ClassBoard shows the numbers of programs in each status, and a tile for each program. */
export function ClassBoard({ model, trouble, logOut }: ClassBoardProps) {
  const { now } = usePage()
  const [filter, setFilter] = useState<(typeof FILTERS)[number]>('all')
  const [layout, setLayout] = useState<(typeof LAYOUTS)[number]>('wall')
  const [wanted, setWanted] = useState('')
  const [isProjector, setProjector] = useProjector()
  // the page may receive a row after the last update of its clock
  const time = Math.max(now.value, performance.now())
  const tiles = toTiles(model, time)
  const { ordered, hold } = useOrder(tiles, time)
  const countOf = (status: string) => (status === 'all' ? tiles.length : tiles.filter((tile) => tile.status === status).length)
  const shown = ordered.filter((tile) => (filter === 'all' || tile.status === filter) && isFound(tile, wanted))
  useKeys((key) => {
    if (key === 'p') setProjector(!isProjector)
  })
  return (
    <main class="page page--class" id="main" tabIndex={-1}>
      <div class="page__head">
        <h1>{classTexts.title}</h1>
        {model.unwatched > 0 && <p>{classTexts.unwatched(model.unwatched)}</p>}
        <span class="push btns">
          <Download file="class.csv" name={classTexts.csv} />
          <Download file="class.xml" name={classTexts.junit} />
          <button class="btn btn--s class__projector" type="button" aria-pressed={isProjector} onClick={() => setProjector(!isProjector)}>
            {classTexts.projector}
          </button>
          <button class="btn btn--s btn--plain" type="button" onClick={logOut}>
            {classTexts.logOut}
          </button>
        </span>
      </div>
      {trouble !== undefined && (
        <p class="err class__trouble" role="status">
          <Icon name="warn" />
          <ServerText text={trouble} />
        </p>
      )}
      <Sums tiles={tiles} browsers={countBrowsers(model)} />
      <div class="rowline class__tools">
        <Choice
          label={classTexts.filter}
          name="filter"
          all={FILTERS}
          wordOf={(one) => `${one === 'all' ? classTexts.all : classTexts.statuses[one]} ${countOf(one)}`}
          chosen={filter}
          choose={setFilter}
          isSmall
        />
        <Choice
          label={classTexts.layout}
          name="layout"
          all={LAYOUTS}
          wordOf={(one) => classTexts.layouts[one]}
          chosen={layout}
          choose={setLayout}
          isSmall
        />
        <input
          class="in class__find"
          type="search"
          aria-label={classTexts.find}
          placeholder={classTexts.find}
          value={wanted}
          onInput={(event) => setWanted(event.currentTarget.value)}
        />
        <Legend />
      </div>
      <Announcement tiles={tiles} />
      {shown.length > 0 && <ClassWall tiles={shown} layout={layout} hold={hold} />}
      {shown.length === 0 && (
        <div class="empty">
          <h2>{tiles.length === 0 ? classTexts.nobody : classTexts.nothing}</h2>
          {tiles.length === 0 && <p>{classTexts.nobodyWhy}</p>}
        </div>
      )}
    </main>
  )
}

function Sums({ tiles, browsers }: { readonly tiles: readonly ClassTile[]; readonly browsers: number }) {
  const sums = STATUSES.map((status) => [status, classTexts.sums[status], tiles.filter((tile) => tile.status === status).length] as const)
  return (
    <dl class="sum">
      {[['programs', classTexts.programs, tiles.length] as const, ...sums, ['browsers', classTexts.browsers, browsers] as const].map(
        ([kind, name, count]) => (
          <div key={kind} class={count > 0 ? `is-${kind}` : undefined}>
            <dt>{name}</dt>
            <dd>{count}</dd>
          </div>
        ),
      )}
    </dl>
  )
}

function Download({ file, name }: { readonly file: string; readonly name: string }) {
  return (
    <a class="btn btn--s" href={`api/class/${file}`} download={file}>
      <Icon name="down" />
      {name}
    </a>
  )
}

function Legend() {
  const { client, server, bad } = classTexts.legend
  return (
    <span class="legend push" aria-hidden="true">
      <span class="is-client">{client}</span>
      <span class="is-server">{server}</span>
      <span class="is-bad">{bad}</span>
    </span>
  )
}

/** Announces each new violation to a screen reader. */
function Announcement({ tiles }: { readonly tiles: readonly ClassTile[] }) {
  const bad = tiles.filter(({ status }) => status === 'bad')
  const known = useRef<ReadonlySet<number>>(new Set(bad.map(({ row }) => row.connection)))
  const [said, say] = useState('')
  useEffect(() => {
    const fresh = bad.find(({ row }) => !known.current.has(row.connection))
    known.current = new Set(bad.map(({ row }) => row.connection))
    if (fresh) say(classTexts.violation(toShown(fresh.title), toShown(fresh.row.fault?.sentence ?? '')))
  })
  return (
    <p class="sr" role="status">
      {said}
    </p>
  )
}

/**
 * Returns the tiles in the order of the wall, and a function that retains the order for five seconds. The order changes every five seconds,
 * and immediately when a program violates its protocol. The order never changes while the user is about to press a tile.
 */
function useOrder(tiles: readonly ClassTile[], now: number) {
  const heldAt = useRef(Number.NEGATIVE_INFINITY)
  const last = useRef<{ readonly order: readonly number[]; readonly bad: ReadonlySet<number>; readonly at: number }>(undefined)
  const hold = useMemo(
    () => () => {
      heldAt.current = performance.now()
    },
    [],
  )
  const { at = Number.NEGATIVE_INFINITY, bad, order = [] } = last.current ?? {}
  const isHeld = now - heldAt.current < ORDER
  const hasNewBad = tiles.some(({ row, status }) => status === 'bad' && !bad?.has(row.connection))
  if (isHeld || (now - at < ORDER && !hasNewBad)) return { ordered: keepOrder(tiles, order), hold }
  last.current = {
    order: tiles.map(({ row }) => row.connection),
    bad: new Set(tiles.filter(({ status }) => status === 'bad').map(({ row }) => row.connection)),
    at: now,
  }
  return { ordered: tiles, hold }
}

/** Checks whether a text of a tile contains the search text of the user. */
function isFound({ title, row }: ClassTile, wanted: string): boolean {
  const text = [title, row.name ?? '', row.program, formatPlace(row)].join(' ').toLowerCase()
  return text.includes(wanted.trim().toLowerCase())
}

/**
 * Returns a setting, which is true if the view has the size for a projector, and a function that changes and stores this setting. The page
 * has this size only while it shows this view, because the other views are for a user at a desk.
 */
function useProjector(): readonly [isProjector: boolean, set: (isProjector: boolean) => void] {
  const [isProjector, setProjector] = useState(() => localStorage.getItem(SCALE) === PROJECTOR)
  useEffect(() => {
    const { dataset } = document.documentElement
    if (isProjector) dataset.scale = PROJECTOR
    return () => {
      delete dataset.scale
    }
  }, [isProjector])
  const set = (next: boolean) => {
    if (next) localStorage.setItem(SCALE, PROJECTOR)
    else localStorage.removeItem(SCALE)
    setProjector(next)
  }
  return [isProjector, set]
}
