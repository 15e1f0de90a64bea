import { tsPlugin } from '@sveltejs/acorn-typescript'
import { type Node, Parser } from 'acorn'

/*
 * A role of a plug-in's program is an asynchronous function. Node can stop synchronous code only while it runs a script with a
 * timeout (`TimeLimit`), and the steps of a role run outside of any script, as microtasks. A worker could stop the whole thread,
 * but then the microtasks of all other conversations would be lost.
 *
 * So the loops of a plug-in stop themselves: when a file of a plug-in is loaded, `addLoopLimits` inserts a call of `tick` at the
 * start of the body of each loop, on the same line. `tick` throws an Error when loops of plug-ins have run for `LIMIT` in one
 * turn of the event loop. That ends the conversation of the role like any other exception.
 *
 * Time counts only while loops turn: after a pause of `PAUSE` between two turns of a loop, the time begins anew, because other
 * code, such as a write to a slow disk, has taken that pause. The limit does not stop one call of a built-in function that takes
 * for ever, such as a regular expression with exponential time, and a recursion over promises without a loop.
 */

/** Milliseconds that loops of plug-ins may run in one turn of the event loop. */
const LIMIT = 1000
/** Milliseconds between two turns of a loop after which the time begins anew. */
const PAUSE = 400
/** Number of turns of a loop between two looks at the clock. */
const TURNS = 16

/** The time that loops of plug-ins have run in this turn of the event loop, for the whole process. */
const time = { since: -1, last: 0, turns: 0, isOver: false }

/** Called at each turn of a loop in the file of a plug-in. Throws an Error if loops have run for too long. */
export function tick(file: string): void {
  if (time.since >= 0 && ++time.turns % TURNS !== 0 && !time.isOver) return
  const now = performance.now()
  if (time.since < 0) setImmediate(endLoopTime)
  if (time.since < 0 || now - time.last > PAUSE) time.since = now
  time.last = now
  // from then on each turn throws, so that a loop cannot catch the error and continue
  time.isOver ||= now - time.since > LIMIT
  if (time.isOver) throw new Error(`a loop in ${file} took longer than ${LIMIT} ms`)
}

function endLoopTime(): void {
  time.since = -1
  time.isOver = false
}

/** Begins a separate time for the loops of a hook. Returns the time so far, for `resumeLoopTime`. */
export function pauseLoopTime(): number {
  const { since } = time
  if (!time.isOver) time.since = -1
  return since
}

/** Continues with the time before a hook, to which it adds the hook's own time. */
export function resumeLoopTime(since: number): void {
  time.since = since
  if (since >= 0) time.last = performance.now()
}

const LOOPS: ReadonlySet<string> = new Set(['ForStatement', 'ForInStatement', 'ForOfStatement', 'WhileStatement', 'DoWhileStatement'])
const TICK = 'parlor$tick'
const TypeScript = Parser.extend(tsPlugin())

/**
 * Inserts a call of `tick` into each loop of a module, in JavaScript or TypeScript. Throws a SyntaxError for a text in any other
 * language.
 */
export function addLoopLimits(source: string, file: string): string {
  const inserts: { readonly at: number; readonly text: string }[] = []
  const call = `${TICK}(${JSON.stringify(file)});`
  const visit = (node: Node) => {
    const { body } = node as Node & { readonly body?: unknown }
    if (LOOPS.has(node.type) && isNode(body)) {
      if (body.type === 'BlockStatement') inserts.push({ at: body.start + 1, text: call })
      else inserts.push({ at: body.start, text: `{${call}` }, { at: body.end, text: '}' })
    }
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child)
    }
  }
  visit(TypeScript.parse(source, { ecmaVersion: 'latest', sourceType: 'module', locations: true, allowHashBang: true }))
  if (inserts.length === 0) return source
  const code = inserts
    .toSorted((one, other) => other.at - one.at)
    .reduce((text, { at, text: more }) => text.slice(0, at) + more + text.slice(at), source)
  // at the end of the file, because its first line may be for the shell
  return `${code}\nimport { tick as ${TICK} } from ${JSON.stringify(import.meta.url)}\n`
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' && value !== null && 'type' in value && 'start' in value && 'end' in value && typeof value.type === 'string'
  )
}
