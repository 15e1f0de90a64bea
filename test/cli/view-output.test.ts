import { expect, test } from 'vitest'
import { createView } from '../../src/cli/view-output.ts'
import { settled } from '../support/test-clock.ts'

const place = { host: '127.0.0.1', port: 3456 }
const opening = { type: 'open', at: 1_760_000_000_000_000, transport: 'tcp', client: place, server: place } as const

/** Creates a view on a pipe. `output.waiting` is the number of bytes that its reader has not read. */
function viewOnPipe() {
  const written: string[] = []
  const output = {
    ...{ isTerminal: false, hasColor: false, waiting: 0 },
    columns: () => 80,
    countWaiting: () => output.waiting,
    write: (bytes: Uint8Array) => void written.push(new TextDecoder().decode(bytes)),
  }
  return { view: createView(output), output, written }
}

test('a view writes the lines of a turn of the event loop together, many lines in parts, and no line twice', async () => {
  const { view, written } = viewOnPipe()
  for (let connection = 1; connection <= 3; connection++) view.opened({ ...opening, connection })
  expect(written).toEqual([])
  await settled()
  expect(written).toHaveLength(1)
  for (let connection = 4; connection <= 2000; connection++) view.opened({ ...opening, connection })
  await settled()
  expect(written.length).toBeGreaterThan(3)
  for (const text of written) expect(text.length).toBeLessThan(20_000)
  const numbers = Array.from(written.join('').matchAll(/^#(\d+) {2}opens: .*\n/gm), ([, number]) => Number(number))
  expect(numbers).toEqual(Array.from({ length: 2000 }, (_, at) => at + 1))
})

test('a view leaves lines out while its reader is too slow, and then says how many', async () => {
  const { view, output, written } = viewOnPipe()
  output.waiting = 5 * 1024 * 1024
  for (let connection = 1; connection <= 3; connection++) view.opened({ ...opening, connection })
  await settled()
  expect(written).toEqual([])
  output.waiting = 0
  view.opened({ ...opening, connection: 4 })
  await settled()
  expect(written.join('')).toMatch(/^\(3 lines left out, because the reader is too slow\)\n#4 {2}opens: .*\n$/)
})
