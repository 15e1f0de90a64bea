import { type Automaton, isEnd, legalTransitions, type Transition } from '../protocol/automaton.ts'
import type { Side } from '../protocol/message-spec.ts'

/** Characters between the two lifelines. */
const GAP = 46

/**
 * Returns a sequence diagram of an automaton in text: a conversation that takes every transition it can reach, with the state
 * after each message. The client is on the left, and the server is on the right.
 */
export function formatDiagram(automaton: Automaton): string {
  const head = `  client${' '.repeat(GAP - 8)}server`
  const lifelines = `    |${' '.repeat(GAP - 5)}|`
  const lines = [head, `${lifelines}    ${automaton.start}`]
  let state = automaton.start
  for (const step of findTour(automaton)) {
    if (step === 'again') {
      lines.push(lifelines, `    ~${center('another conversation', GAP - 5, ' ')}~    ${automaton.start}`)
      state = automaton.start
      continue
    }
    lines.push(`    |${formatArrow(step)}|    ${step.next === state ? '(unchanged)' : step.next}`)
    state = step.next
  }
  return [...lines, lifelines].join('\n')
}

/** Returns a path that takes every transition, and takes each transition as early as possible; `again` marks the start of another conversation. */
function findTour(automaton: Automaton): readonly (Transition | 'again')[] {
  const unseen = new Set(Object.keys(automaton.states).flatMap((state) => legalTransitions(automaton, state).map((step) => step)))
  const steps: (Transition | 'again')[] = []
  for (let state = automaton.start; ; ) {
    const path = findNearest(automaton, state, unseen)
    if (path) {
      for (const step of path) unseen.delete(step)
      steps.push(...path)
      state = path.at(-1)?.next ?? state
    } else if (state !== automaton.start && findNearest(automaton, automaton.start, unseen)) {
      steps.push('again')
      state = automaton.start
    } else return steps
  }
}

/**
 * Returns the shortest path to an unseen transition. Prefers transitions that continue the conversation, and then the order of the
 * table.
 */
function findNearest(automaton: Automaton, from: string, unseen: ReadonlySet<Transition>): readonly Transition[] | undefined {
  const queue: { state: string; path: readonly Transition[] }[] = [{ state: from, path: [] }]
  const visited = new Set([from])
  let ending: readonly Transition[] | undefined
  for (let entry = queue.shift(); entry; entry = queue.shift()) {
    for (const step of legalTransitions(automaton, entry.state)) {
      const path = [...entry.path, step]
      if (unseen.has(step) && !isEnd(automaton, step.next)) return path
      if (unseen.has(step)) ending ??= path
      if (visited.has(step.next)) continue
      visited.add(step.next)
      queue.push({ state: step.next, path })
    }
  }
  return ending
}

function formatArrow({ form, from }: Transition): string {
  const label = form.closes ? 'closes' : JSON.stringify(form.text).slice(1, -1)
  const width = GAP - 5
  const text = ` ${label.length > width - 8 ? `${label.slice(0, width - 9)}…` : label} `
  return POINT[from](center(text, width - 1, '-'))
}

const POINT: Readonly<Record<Side, (line: string) => string>> = {
  client: (line) => `${line}>`,
  server: (line) => `<${line}`,
}

function center(text: string, width: number, fill: string): string {
  const left = Math.max(0, Math.floor((width - text.length) / 2))
  return text.padStart(text.length + left, fill).padEnd(width, fill)
}
