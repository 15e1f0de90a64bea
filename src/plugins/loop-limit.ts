import { AsyncLocalStorage } from 'node:async_hooks'
import { tsPlugin } from '@sveltejs/acorn-typescript'
import { type Program as Module, type Node, Parser } from 'acorn'
import type { Program } from '../protocol/definition.ts'

/*
 * A role of a plug-in's program is an asynchronous function. Node can stop synchronous code only while it runs a script with a
 * timeout (`TimeLimit`), and the steps of a role run outside of any script, as microtasks. A worker could stop the whole thread,
 * but the microtasks of all other conversations would then be lost.
 *
 * So the loops of a plug-in stop themselves: when Node loads a file of a plug-in, `addLoopLimits` inserts a call of `tick` at the
 * start of the body of each loop, on the same line. `tick` throws an Error when the loops of one role have run for `LIMIT` in one
 * turn of the event loop. Like any other exception of a role, the error ends only the conversation of that role.
 *
 * Each role has one LoopTime, which all its steps share through an AsyncLocalStorage. `tick` charges the role with the full time between
 * two calls if both calls belong to one synchronous run, because then no other code can have run: a microtask that the first call queues
 * has not run yet. Otherwise other code may have run between the calls, such as a step of another role or a write to a slow disk, and
 * `tick` charges `WAIT` at most. So a loop that never waits for an event, and blocks the event loop, still reaches the limit.
 *
 * The limit stops neither a single call of a built-in function that takes forever, such as a match of a regular expression with
 * exponential time, nor a recursion over promises without a loop.
 */

/** Milliseconds that the loops of one role may run in one turn of the event loop. */
const LIMIT = 1000
/** Maximum number of milliseconds that `tick` charges for the time between two synchronous runs. */
const WAIT = 100
/** Number of iterations of a loop between two readings of the clock, if the iterations take less than a millisecond. */
const TURNS = 16

/** LoopTime has the time that the loops of one role have taken. */
class LoopTime {
  /** Number of the turn of the event loop to which the time belongs. */
  turn = -1
  /** Number of the synchronous run of the last call of `tick`, and the time of that call. */
  run = -1
  last = 0
  spent = 0
}

/** The loop times of roles. */
const roles = new AsyncLocalStorage<LoopTime>()
/**
 * The current turn of the event loop, the current synchronous run, and the number of calls of `tick` until the next reading of the clock.
 * The whole process shares this record.
 */
const now = { turn: 0, isTurnKnown: false, run: 0, isRunKnown: false, skip: 0 }
/** The loop times of code outside of roles, by file. */
const files = new Map<string, LoopTime>()

/** Calls a function with a new loop time for the loops of the function and of its later steps. */
export function withLoopTime<Result>(work: () => Result): Result {
  now.skip = 0
  return roles.run(new LoopTime(), work)
}

/** Returns a program of a plug-in in which each role has a loop time of its own. */
export function limitRoles(program: Program): Program {
  const { protocol } = program
  const { name, title, automaton, over, opposite } = protocol
  return {
    ...program,
    protocol: {
      ...{ ...protocol, name, title, automaton },
      framing: (options) => protocol.framing(options),
      ...(over && { over: (transport) => over.call(protocol, transport) }),
      server: (peer, at) => withLoopTime(() => protocol.server(peer, at)),
      client: (peer, at) => withLoopTime(() => protocol.client(peer, at)),
      ...(opposite && { opposite: (seat, at, game) => withLoopTime(() => opposite.call(protocol, seat, at, game)) }),
    },
  }
}

/**
 * Counts an iteration of a loop in the file of a plug-in. Throws an Error if the loops of the current role have run for too long.
 */
export function tick(file: string): void {
  if (--now.skip > 0) return
  const at = performance.now()
  beginRun()
  const time = roles.getStore() ?? timeOf(file)
  const isSameRun = time.run === now.run
  if (time.turn !== now.turn) time.spent = 0
  else time.spent += isSameRun ? at - time.last : Math.min(at - time.last, WAIT)
  now.skip = isSameRun && at - time.last < 1 ? TURNS : 1
  time.turn = now.turn
  time.run = now.run
  time.last = at
  if (time.spent <= LIMIT) return
  // all later iterations throw, too, so that a loop cannot catch the error and continue
  now.skip = 0
  throw new Error(`a loop in ${file} took longer than ${LIMIT} ms`)
}

/** Records that a synchronous run and a turn of the event loop have begun, and registers the functions that record their ends. */
function beginRun(): void {
  if (!now.isTurnKnown) setImmediate(endTurn)
  now.isTurnKnown = true
  if (!now.isRunKnown) queueMicrotask(endRun)
  now.isRunKnown = true
}

function endTurn(): void {
  now.turn++
  now.isTurnKnown = false
}

function endRun(): void {
  now.run++
  now.isRunKnown = false
  now.skip = 0
}

function timeOf(file: string): LoopTime {
  const time = files.get(file) ?? new LoopTime()
  files.set(file, time)
  return time
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
  visit(parseModule(source))
  if (inserts.length === 0) return source
  const code = inserts
    .toSorted((one, other) => other.at - one.at)
    .reduce((text, { at, text: more }) => text.slice(0, at) + more + text.slice(at), source)
  // the import is at the end of the file, because the first line may start with `#!`
  return `${code}\nimport { tick as ${TICK} } from ${JSON.stringify(import.meta.url)}\n`
}

/**
 * Checks whether a file has imports or exports, and so is an ECMAScript module and not a CommonJS module. Returns false if the parser
 * refuses the text.
 */
export function isModule(source: string): boolean {
  try {
    return parseModule(source).body.some(({ type }) => /^(?:Import|Export)/.test(type))
  } catch (reason) {
    if (reason instanceof SyntaxError) return false
    throw reason
  }
}

function parseModule(source: string): Module {
  return TypeScript.parse(source, { ecmaVersion: 'latest', sourceType: 'module', locations: true, allowHashBang: true })
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' && value !== null && 'type' in value && 'start' in value && 'end' in value && typeof value.type === 'string'
  )
}
