import { expect, test } from 'vitest'
import { CandidateMonitors } from '../../../src/lab/monitor/candidates.ts'
import { toWatchedProtocol } from '../../../src/lab/monitor/monitor.ts'
import { allPrograms } from '../../../src/programs/index.ts'
import { judgeRecording } from '../../../src/testing/wire-recorder.ts'
import { encode } from '../../../src/wire/text.ts'
import { walk } from '../../support/walk.ts'

const programs = await allPrograms()
const protocols = programs.map((program) => toWatchedProtocol(program))

test('the first messages show which program is spoken, and why the others are not', () => {
  const candidates = new CandidateMonitors(protocols)
  expect(candidates.fitting.length).toBe(programs.length)
  const first = candidates.observe({ kind: 'bytes', at: 0, from: 'server', bytes: encode('MOVE5\n') })
  expect(first?.fit[0]).toBe('tjc/tictactoe')
  expect(first?.fit).not.toContain('tjc/guess')
  expect(first?.dropped).toContainEqual({
    name: 'tjc/guess',
    why: 'the server sent "MOVE5", which does not belong here; expected "GUESS"; the server of tictactoe begins with this message: check the port',
  })
  candidates.observe({ kind: 'bytes', at: 1, from: 'client', bytes: encode('MOVE1\n') })
  expect(candidates.fitting[0]?.protocol.name).toBe('tjc/tictactoe')
  expect(candidates.observationsOf('tjc/tictactoe').filter(({ kind }) => kind === 'message')).toMatchObject([
    { name: 'MOVE' },
    { name: 'MOVE' },
  ])
  expect(candidates.observationsOf('tjc/guess')).toEqual([])
})

test('an event that changes nothing has no observation', () => {
  const candidates = new CandidateMonitors(protocols)
  expect(candidates.observe({ kind: 'time', at: 5 })).toBeUndefined()
})

test('the program that is spoken always fits, and is the first if its messages have words of their own', async () => {
  const named = ['tjc/guess', 'tjc/tictactoe', 'c8/scissors', 'fh/quiz', 'fh/hangman', 'fh/tictactoe']
  let walks = 0
  for (const program of programs) {
    for (const { seed, options, events } of await walk(program, 3)) {
      const candidates = new CandidateMonitors(protocols)
      for (const [at, { from, bytes }] of events.entries()) {
        if (bytes !== 'end') candidates.observe({ kind: 'bytes', at: 1000 * at, from, bytes })
      }
      candidates.observe({ kind: 'time', at: 1000 * events.length })
      const fit = candidates.fitting.map(({ protocol }) => protocol.name)
      expect({ seed, name: program.name, fit }).toMatchObject({ fit: expect.arrayContaining([program.name]) })
      const same = programs.filter(({ protocol }) => protocol.automaton === program.protocol.automaton).map(({ name }) => name)
      const { steps } = judgeRecording(program, options, events)
      if (named.includes(program.name) && steps.length > 2) expect(same).toContain(fit[0])
      walks++
    }
  }
  expect(walks).toBeGreaterThan(30)
})
