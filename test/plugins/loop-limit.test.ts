import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { addLoopLimits, tick, withLoopTime } from '../../src/plugins/loop-limit.ts'

/** Runs the body of a function with limits in its loops, and returns its result and the number of turns. */
function runLimited(body: string): { readonly result: unknown; readonly turns: number } {
  const limited = addLoopLimits(`export function run(out: string[]) {\n${body}\n}`, 'file.ts')
  const [code = ''] = limited.replace('export function run(out: string[])', 'return function run(out)').split('\nimport { tick')
  let turns = 0
  const run = new Function('parlor$tick', code)(() => turns++)
  const out: string[] = []
  const result = run(out) ?? out
  return { result, turns }
}

describe('the limit of loops', () => {
  test.each([
    ['for (let n = 0; n < 3; n++) out.push(String(n))', ['0', '1', '2'], 3],
    ['for (const one of ["a", "b"]) for (const other of ["c"]) out.push(one + other)', ['ac', 'bc'], 4],
    ['for (const key in { a: 1, b: 2 }) { out.push(key) }', ['a', 'b'], 2],
    ['let n = 0; while (n++ < 2); out.push(String(n))', ['3'], 2],
    ['let n = 0; do n++; while (n < 3) return n', 3, 3],
    ['outer: for (const one of [1, 2, 3]) { for (;;) { if (one < 3) continue outer; break } return one }', 3, 6],
    ['const add = (list) => { for (const one of list) out.push(one) }; add(["x"]); add(["y"])', ['x', 'y'], 2],
    [
      'const text = String((() => { for (;;) return "in" })()); if (/for (;;) x/.test(text)) for (;;); return text + "for (;;) {"',
      'infor (;;) {',
      1,
    ],
  ])('leaves what %s does, and is called at each turn', (body, result, turns) => {
    expect(runLimited(body)).toEqual({ result, turns })
  })

  test('reads TypeScript, preserves the numbers of lines and a first line for the shell', () => {
    const source =
      '#!/usr/bin/env node\nconst list = <const Item,>(item: Item): readonly Item[] => [item]\nfor (const one of list(1 as number)!) one satisfies number\nthrow 1'
    const limited = addLoopLimits(source, 'file.ts')
    expect(limited).toMatch(
      /^#!\/usr\/bin\/env node\n.*\nfor \(const one of list\(1 as number\)!\) \{parlor\$tick\("file\.ts"\);one satisfies number\}\nthrow 1\nimport /,
    )
  })

  test('does not change a file without loops, and throws for a file that is neither JavaScript nor TypeScript', () => {
    const source = 'export const text = "for (;;);" // while (true)\n'
    expect(addLoopLimits(source, 'file.ts')).toBe(source)
    expect(() => addLoopLimits('for (;;', 'file.ts')).toThrow(SyntaxError)
  })
})

describe('the time of loops', () => {
  let time = 0
  beforeEach(async () => {
    vi.spyOn(performance, 'now').mockImplementation(() => time)
    await nextTurn()
  })
  afterEach(() => vi.restoreAllMocks())

  /** Turns a loop, each turn of which takes some milliseconds. */
  function loop(turns: number, ms: number, file = 'file.ts'): void {
    for (let n = 0; n < turns; n++) {
      tick(file)
      time += ms
    }
  }

  test.each([0.01, 1, 25, 30, 450, 900])('ends a loop with turns of %d ms after a second', (ms) => {
    const begun = time
    expect(() => loop(200_000, ms)).toThrow('a loop in file.ts took longer than 1000 ms')
    expect(time - begun).toBeLessThan(2000)
  })

  test('ends a loop that waits for nothing between slow calls', async () => {
    const role = withLoopTime(async () => {
      for (let n = 0; n < 100; n++) {
        await undefined
        time += 500
        tick('file.ts')
      }
    })
    await expect(role).rejects.toThrow('longer than 1000 ms')
  })

  test('is of one role, so that many roles may run in one turn of the event loop', async () => {
    const role = async () => {
      loop(15, 1)
      await undefined
      loop(15, 1)
    }
    await expect(Promise.all(Array.from({ length: 80 }, () => withLoopTime(role)))).resolves.toHaveLength(80)
  })

  test('leaves other roles alone after one has taken too long, and names its file', async () => {
    const bad = withLoopTime(async () => loop(2000, 1, 'bad.ts'))
    const good = withLoopTime(async () => {
      loop(3, 1, 'good.ts')
      await undefined
      loop(3, 1, 'good.ts')
    })
    const results = await Promise.allSettled([bad, good])
    expect(results).toMatchObject([{ status: 'rejected', reason: { message: expect.stringContaining('bad.ts') } }, { status: 'fulfilled' }])
    expect(() => withLoopTime(() => loop(3, 1, 'hook.ts'))).not.toThrow()
  })

  test('does not include one long wait for other code', async () => {
    const role = withLoopTime(async () => {
      loop(3, 1)
      await undefined
      time += 5000
      loop(3, 1)
    })
    await expect(role).resolves.toBeUndefined()
  })
})
