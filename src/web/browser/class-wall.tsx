import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { classTexts, formatSentence } from '../class-texts.ts'
import { type ClassTile, formatPlace, type TileStatus } from '../model/class-model.ts'
import { toShown, toShownName } from '../shown.ts'
import { useKeys } from './board.ts'
import { Icon } from './icons.tsx'

const ICONS = { bad: 'warn', stuck: 'clock', playing: 'play', done: 'check', left: 'x' } as const satisfies Record<TileStatus, string>

interface ClassWallProps {
  readonly tiles: readonly ClassTile[]
  readonly layout: 'wall' | 'list'
  /** Retains the order of the tiles for five seconds. */
  readonly hold: () => void
}

/** ClassWall draws a tile for each program. A tile is a link to the wire view of the program's connection. */
export function ClassWall({ tiles, layout, hold }: ClassWallProps) {
  const list = useRef<HTMLUListElement>(null)
  useKeys((key, event) => {
    const links = Array.from(list.current?.querySelectorAll('a') ?? [])
    const at = links.findIndex((link) => link.matches(':focus'))
    const next = links[at + toStep(key, links)]
    if (at < 0 || !next || toStep(key, links) === 0) return
    event.preventDefault()
    hold()
    next.focus()
  })
  return (
    <ul class={`wall wall--${layout}`} aria-label={classTexts.wall} ref={list} onPointerMove={hold} onFocusCapture={hold}>
      {tiles.map((tile) => (
        <li key={tile.row.connection}>
          <Tile tile={tile} />
        </li>
      ))}
    </ul>
  )
}

/** Returns the number of tiles by which a key moves the focus. The first row has the tiles with the same top edge as the first tile. */
function toStep(key: string, links: readonly HTMLElement[]): number {
  const top = links[0]?.getBoundingClientRect().top
  const row = Math.max(1, links.filter((link) => link.getBoundingClientRect().top === top).length)
  switch (key) {
    case 'ArrowLeft':
      return -1
    case 'ArrowRight':
      return 1
    case 'ArrowUp':
      return -row
    case 'ArrowDown':
      return row
    default:
      return 0
  }
}

function Tile({ tile }: { readonly tile: ClassTile }) {
  const { row, status, title } = tile
  const { visited, states } = row.progress
  const sentence = toShown(formatSentence(tile))
  const player = row.desk === undefined ? undefined : row.name
  return (
    <TileLink tile={tile}>
      <b title={toShown(`${title}, ${formatPlace(row)}`)}>
        <bdi>{toShown(title)}</bdi>
        {player !== undefined && (
          <>
            {' '}
            <bdi class="peer__name">{toShownName(player)}</bdi>
          </>
        )}
      </b>
      <span class="peer__status">
        <Icon name={ICONS[status]} />
        {classTexts.statuses[status]}
      </span>
      <span class="peer__program">
        <code>{toShown(row.program)}</code> {toShown(row.state)}
      </span>
      <span class="peer__share num" title={classTexts.visited(visited, states)}>
        {visited}/{states}
        <span class="sr">: {classTexts.visited(visited, states)}</span>
      </span>
      <Trace sizes={row.trace ?? []} />
      <span class="peer__sentence" title={sentence}>
        {sentence}
      </span>
    </TileLink>
  )
}

function TileLink({ tile, children }: { readonly tile: ClassTile; readonly children: ComponentChildren }) {
  return (
    <a class={`peer is-${tile.status}`} href={`#wire/${tile.row.connection}`}>
      {children}
    </a>
  )
}

/** Width of a trace, distance between two bars, and half of the height of a trace. */
const TRACE = { width: 220, step: 5.5, middle: 16 }

/**
 * Trace draws the last messages. A bar for the client points upwards, a bar for the server points downwards, and a violation is a line of
 * the whole height.
 */
function Trace({ sizes }: { readonly sizes: readonly number[] }) {
  const { width, step, middle } = TRACE
  const bars = (isDrawn: (size: number) => boolean, from: number, toHeight: (size: number) => number) =>
    sizes.map((size, at) => (isDrawn(size) ? `M${(at + 0.5) * step} ${from}v${toHeight(size)}` : '')).join('')
  return (
    <svg class="trace" viewBox={`0 0 ${width} ${2 * middle}`} preserveAspectRatio="none" aria-hidden="true">
      <path class="trace__axis" d={`M0 ${middle}h${width}`} />
      <path
        class="trace__client"
        d={bars(
          (size) => size > 0,
          middle,
          (size) => -toHeight(size),
        )}
      />
      <path
        class="trace__server"
        d={bars(
          (size) => size < 0,
          middle,
          (size) => toHeight(-size),
        )}
      />
      <path
        class="trace__bad"
        d={bars(
          (size) => size === 0,
          2,
          () => 2 * middle - 4,
        )}
      />
    </svg>
  )
}

/** Returns the height of a bar for a number of bytes. */
function toHeight(bytes: number): number {
  return Math.min(14, Math.round(4 + 1.4 * Math.log2(bytes)))
}
