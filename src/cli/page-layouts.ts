import { Graphviz } from '@hpcc-js/wasm-graphviz'
import { z } from 'zod'
import { allPrograms } from '../programs/index.ts'
import { type Automaton, legalTransitions } from '../protocol/automaton.ts'
import type { MessageSpec } from '../protocol/message-spec.ts'
import type { AutomatonLayout, LaidEdge } from '../web/model/automaton-layout.ts'

/*
 * The build of the page draws the automaton of each shipped program, so that no browser needs a library for drawing. Graphviz only computes
 * the places of the states and the lines. The page itself draws the states and the lines, so that the page can mark the present state.
 * Graphviz gets sizes in place of texts, because it does not have the fonts of the page. A point, the unit of Graphviz, is a pixel of the
 * page.
 */

/**
 * Sizes for the drawing of a state: the width of a letter of its name, the blank space around the name, the minimum width of the box, and
 * the height of the box.
 */
const STATE = { letter: 8.6, around: 28, narrowest: 72, height: 38 }
/** Graphviz has the width of the letters of the font Courier: 0.6 times their height. The page shows labels in a font of that width. */
const FONT = 'fontname="Courier", fontsize=13'
/** Maximum number of lines of a label, and maximum number of characters of a line. */
const LABEL = { lines: 4, letters: 24 }
/** Number of points in an inch. Graphviz gets the size of a state in inches. */
const INCH = 72
/** Number of points around the drawing. */
const MARGIN = 6

/** The part of the output of Graphviz that the page needs. */
const Drawing = z.object({
  bb: z.string(),
  objects: z.array(z.object({ name: z.string(), pos: z.string() })),
  edges: z.array(z.object({ id: z.string(), pos: z.string(), lp: z.string() })).default([]),
})

/** Lays out the automatons of all shipped programs, by the name of the program. */
export async function layOutPrograms(): Promise<Readonly<Record<string, AutomatonLayout>>> {
  const [graphviz, programs] = await Promise.all([Graphviz.load(), allPrograms()])
  return Object.fromEntries(programs.map(({ name, protocol }) => [name, layOut(protocol.automaton, graphviz)]))
}

/** Lays out an automaton. */
function layOut(automaton: Automaton, graphviz: Graphviz): AutomatonLayout {
  const states = Object.keys(automaton.states)
  const edges = toEdges(automaton)
  const drawing = Drawing.parse(JSON.parse(graphviz.layout(toDot(states, edges), 'json', 'dot')))
  const [, , right = 0, top = 0] = drawing.bb.split(',').map(Number)
  const place = (text: string) => toPlace(text, top)
  return {
    width: round(right + 2 * MARGIN),
    height: round(top + 2 * MARGIN),
    states: Object.fromEntries(
      states.map((state, at) => {
        const { pos } = find(drawing.objects, ({ name }) => name === `s${at}`)
        return [state, { ...place(pos), width: widthOf(state), height: STATE.height }]
      }),
    ),
    edges: edges.map((edge, at) => {
      const { pos, lp } = find(drawing.edges, ({ id }) => id === `e${at}`)
      return { ...edge, path: toPath(pos, top), ...place(lp) }
    }),
  }
}

/** DraftEdge is an edge without its path and the place of its label. */
type DraftEdge = Omit<LaidEdge, 'path' | 'x' | 'y'>

/** Returns the arrows of an automaton: one for all messages of a side from one state to another. */
function toEdges(automaton: Automaton): readonly DraftEdge[] {
  const edges = new Map<string, DraftEdge & { readonly messages: string[]; readonly texts: string[] }>()
  for (const state of Object.keys(automaton.states)) {
    for (const { name, form, from, next } of legalTransitions(automaton, state)) {
      const key = JSON.stringify([state, next, from])
      const edge = edges.get(key) ?? { from: state, to: next, side: from, messages: [], texts: [], lines: [] }
      edge.messages.push(name)
      edge.texts.push(toLine(form))
      edges.set(key, edge)
    }
  }
  return [...edges.values()].map(({ texts, ...edge }) => ({ ...edge, lines: toLines([...new Set(texts)]) }))
}

/** Formats a message as a line of a label. */
function toLine({ text, closes }: MessageSpec): string {
  const line = closes ? '(closes)' : JSON.stringify(text).slice(1, -1)
  return line.length > LABEL.letters ? `${line.slice(0, LABEL.letters - 1)}…` : line
}

function toLines(texts: readonly string[]): readonly string[] {
  if (texts.length <= LABEL.lines) return texts
  return [...texts.slice(0, LABEL.lines - 1), `and ${texts.length - LABEL.lines + 1} more`]
}

/** Formats a graph in the language of Graphviz. Its labels have the size of the texts, and no characters of the texts. */
function toDot(states: readonly string[], edges: readonly DraftEdge[]): string {
  const nodes = states.map((state, at) => `s${at} [width=${widthOf(state) / INCH}]`)
  const arrows = edges.map(({ from, to, lines }, at) => {
    const label = lines.map((line) => 'x'.repeat(line.length + 2)).join('\\n')
    return `s${states.indexOf(from)} -> s${states.indexOf(to)} [id="e${at}", label="${label}"]`
  })
  const usual = [
    'graph [ranksep=0.35, nodesep=0.3]',
    `node [shape=box, fixedsize=true, height=${STATE.height / INCH}, label=""]`,
    `edge [${FONT}]`,
  ]
  return `digraph { ${[...usual, ...nodes, ...arrows].join('; ')} }`
}

function widthOf(state: string): number {
  return round(Math.max(STATE.narrowest, state.length * STATE.letter + STATE.around))
}

/** Converts a point of Graphviz, whose `y` is the distance from the foot of the drawing, to a place of the page. */
function toPlace(text: string, top: number): { readonly x: number; readonly y: number } {
  const [x = 0, y = 0] = text.split(',').map(Number)
  return { x: round(x + MARGIN), y: round(top - y + MARGIN) }
}

/** Converts a line of Graphviz, `e,TIP FIRST CONTROL CONTROL POINT ...`, to the data of an SVG path that ends at the tip. */
function toPath(pos: string, top: number): string {
  const points = pos.split(' ')
  const tip = points.find((point) => point.startsWith('e,'))
  const format = (text: string) => {
    const { x, y } = toPlace(text, top)
    return `${x} ${y}`
  }
  const [first = '', ...curve] = points.filter((point) => !/^[es],/.test(point)).map(format)
  return `M${first}C${curve.join(' ')}${tip === undefined ? '' : `L${format(tip.slice(2))}`}`
}

/** Returns the item for which a condition holds. Throws an Error if Graphviz has omitted the item. */
function find<Item>(items: readonly Item[], isIt: (item: Item) => boolean): Item {
  const found = items.find(isIt)
  if (found === undefined) throw new Error('Graphviz has not drawn a part of an automaton')
  return found
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
