import { describe, expect, test } from 'vitest'
import { addLoopLimits } from '../../src/plugins/loop-limit.ts'

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

  test('reads TypeScript, keeps the numbers of lines and a first line for the shell', () => {
    const source =
      '#!/usr/bin/env node\nconst list = <const Item,>(item: Item): readonly Item[] => [item]\nfor (const one of list(1 as number)!) one satisfies number\nthrow 1'
    const limited = addLoopLimits(source, 'file.ts')
    expect(limited).toMatch(
      /^#!\/usr\/bin\/env node\n.*\nfor \(const one of list\(1 as number\)!\) \{parlor\$tick\("file\.ts"\);one satisfies number\}\nthrow 1\nimport /,
    )
  })

  test('does not change a file without loops, and throws for one that is neither JavaScript nor TypeScript', () => {
    const source = 'export const text = "for (;;);" // while (true)\n'
    expect(addLoopLimits(source, 'file.ts')).toBe(source)
    expect(() => addLoopLimits('for (;;', 'file.ts')).toThrow(SyntaxError)
  })
})
