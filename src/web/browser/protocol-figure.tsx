import { useLayoutEffect, useRef } from 'preact/hooks'
import type { ProtocolReference } from '../../server/gateway/protocol-schemas.ts'
import type { AutomatonLayout, LaidEdge } from '../model/automaton-layout.ts'
import { protocolTexts } from '../protocol-texts.ts'
import { toShown } from '../shown.ts'
import { SIDE_CLASS } from './octets.tsx'

/** Height of a line of a label, and the distance from the middle of the line to the baseline of the letters, in pixels of the drawing. */
const LINE = { height: 16, foot: 4.5 }
/** The distance from the middle of a state to the baseline of its name, in pixels of the drawing. */
const FOOT = 5
/** The smallest scale of a drawing in a narrow window. If the drawing is still too large, the reader scrolls. */
const NARROWEST = 0.85

interface FigureProps {
  readonly protocol: ProtocolReference
  readonly layout: AutomatonLayout
  /** The present state. */
  readonly here: string
  /** The states before the present state. */
  readonly visited: readonly string[]
}

/** AutomatonFigure draws an automaton with the layout that the build of the page has computed. */
export function AutomatonFigure({ protocol, layout, here, visited }: FigureProps) {
  const name = toShown(protocol.name)
  const frame = useRef<HTMLDivElement>(null)
  const drawing = useRef<SVGSVGElement>(null)
  useLayoutEffect(() => drawing.current?.style.setProperty('--narrowest', `${layout.width * NARROWEST}px`), [layout])
  // the frame of a large drawing scrolls to the present state, but the page does not scroll
  useLayoutEffect(() => {
    const place = layout.states[here]
    if (!place || !frame.current || !drawing.current) return
    const { clientWidth, clientHeight } = frame.current
    const scale = drawing.current.getBoundingClientRect().width / layout.width
    frame.current.scrollTo({ left: place.x * scale - clientWidth / 2, top: place.y * scale - clientHeight / 2 })
  }, [layout, here])
  return (
    <>
      <div class="auto__frame" role="region" aria-label={protocolTexts.figure(name)} tabIndex={0} ref={frame}>
        <svg
          class="auto"
          ref={drawing}
          viewBox={`0 0 ${layout.width} ${layout.height}`}
          width={layout.width}
          role="img"
          aria-label={protocolTexts.figureAbout(protocol.states.length, toShown(here))}
        >
          <defs>
            <Tip side="client" />
            <Tip side="server" />
          </defs>
          {layout.edges.map((edge) => (
            <path
              key={keyOf(edge)}
              class={toEdgeClass(edge, here)}
              data-edge={`${edge.from} ${edge.to}`}
              d={edge.path}
              marker-end={`url(#tip-${edge.side})`}
            />
          ))}
          {layout.edges.map((edge) => (
            <Label key={keyOf(edge)} edge={edge} look={toEdgeClass(edge, here)} />
          ))}
          {protocol.states.map(({ name: state, mayEnd }) => {
            const place = layout.states[state]
            const look = state === here ? ' here' : visited.includes(state) ? ' was' : ''
            return (
              place && (
                <g key={state} class={`state${look}`} data-state={state}>
                  <rect
                    x={place.x - place.width / 2}
                    y={place.y - place.height / 2}
                    width={place.width}
                    height={place.height}
                    rx={mayEnd || state === protocol.start ? place.height / 2 : 5}
                  />
                  <text x={place.x} y={place.y + FOOT}>
                    {toShown(state)}
                  </text>
                </g>
              )
            )
          })}
        </svg>
      </div>
      <p class="legend">
        <span class="A">
          <i />
          {protocolTexts.legend.client}
        </span>
        <span class="B">
          <i />
          {protocolTexts.legend.server}
        </span>
      </p>
    </>
  )
}

function Tip({ side }: { readonly side: LaidEdge['side'] }) {
  return (
    <marker
      id={`tip-${side}`}
      viewBox="0 0 10 10"
      refX="9"
      refY="5"
      markerWidth="9"
      markerHeight="9"
      markerUnits="userSpaceOnUse"
      orient="auto"
    >
      <path class={`tip ${SIDE_CLASS[side]}`} d="M0 0l10 5-10 5z" />
    </marker>
  )
}

/**
 * Label draws the label of an arrow, line by line from the top. The figure draws the labels after all arrows, so that no arrow crosses a
 * label.
 */
function Label({ edge: { lines, x, y }, look }: { readonly edge: LaidEdge; readonly look: string }) {
  const first = y - ((lines.length - 1) * LINE.height) / 2 + LINE.foot
  return (
    <g class={look}>
      {lines.map((line, at) => (
        <text key={line} x={x} y={first + at * LINE.height}>
          {toShown(line)}
        </text>
      ))}
    </g>
  )
}

/** Returns the classes of an arrow and of its label. Arrows that begin at the present state have an additional class. */
function toEdgeClass({ from, side }: LaidEdge, here: string): string {
  return `edge ${SIDE_CLASS[side]}${from === here ? ' next' : ''}`
}

function keyOf({ from, to, side }: LaidEdge): string {
  return JSON.stringify([from, to, side])
}
