import { expect, test } from 'vitest'
import { toHex } from '../../src/web/model/escapes.ts'
import { emptyTrial, foldTrial, type TrialInput, type TrialModel } from '../../src/web/model/trial.ts'

const hex = (text: string) => toHex(new TextEncoder().encode(text))
const fold = (inputs: readonly TrialInput[], from: TrialModel = emptyTrial) => inputs.reduce(foldTrial, from)
const legal = { standing: 'legal' } as const

test('bytes wait until they are a message, which takes them from the front', () => {
  const part = fold([
    { type: 'opening' },
    { type: 'begun', state: 'start' },
    { type: 'bytes', from: 'client', bytes: hex('MO') },
    { type: 'bytes', from: 'client', bytes: hex('VE5\nQU') },
  ])
  expect([part.link, part.rows.length, part.pending.client]).toEqual(['open', 0, hex('MOVE5\nQU')])
  const whole = foldTrial(part, { type: 'message', from: 'client', number: 1, size: 6, name: 'MOVE', state: 'waiting', ...legal })
  expect(whole.state).toBe('waiting')
  expect([whole.pending.client, whole.pending.server]).toEqual([hex('QU'), ''])
  expect(whole.rows).toMatchObject([{ kind: 'message', name: 'MOVE', state: 'waiting', bytes: new TextEncoder().encode('MOVE5\n') }])
})

test('an early message gets its verdict later, in its own row', () => {
  const trial = fold([
    { type: 'begun', state: 'start' },
    { type: 'bytes', from: 'client', bytes: hex('5\n') },
    { type: 'message', from: 'client', number: 1, size: 2, state: 'start', standing: 'early' },
    { type: 'judged', from: 'client', number: 1, state: 'judging', name: 'guess', standing: 'legal' },
  ])
  expect(trial.rows).toMatchObject([{ standing: 'legal', name: 'guess', state: 'judging' }])
  expect(trial.state).toBe('judging')
})

test('a new connection begins without the rows of the last connection, and a refusal stays after the close', () => {
  const over = fold([
    { type: 'begun', state: 'start' },
    { type: 'note', from: 'client', sentence: 'odd' },
    { type: 'refused', sentence: 'too fast' },
    { type: 'closed', reason: undefined },
  ])
  expect(over).toMatchObject({ link: 'over', refusal: 'too fast', rows: [{ kind: 'note' }] })
  expect(foldTrial(over, { type: 'opening' })).toEqual({ ...emptyTrial, link: 'opening' })
})

test('a long trial drops its first rows, and a long part of a message its first bytes', () => {
  const notes = Array.from({ length: 512 }, (_, at): TrialInput => ({ type: 'note', from: 'server', sentence: `${at}` }))
  const trial = fold([...notes, { type: 'bytes', from: 'server', bytes: '00'.repeat(5000) }])
  expect([trial.rows.length, trial.dropped, trial.rows[0]]).toEqual([500, 12, { kind: 'note', from: 'server', sentence: '12' }])
  expect(trial.pending.server.length).toBe(2 * 4096)
})
