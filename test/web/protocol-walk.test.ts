import { expect, test } from 'vitest'
import { type AutomatonLayout, isLayoutOf } from '../../src/web/model/automaton-layout.ts'
import { emptyWalk, goTo, legalSteps, speakerOf, stateOf, takeStep } from '../../src/web/model/walk.ts'

const ask = { message: 'GUESS', from: 'server', next: 'guessing' } as const
const guess = { message: 'guess', from: 'client', next: 'end' } as const
const quit = { message: 'QUIT', from: 'client', next: 'end' } as const
const messages = [
  { name: 'GUESS', from: 'server', text: 'GUESS', notes: '', example: '' },
  { name: 'guess', from: 'client', text: '{number}', notes: '', example: '' },
  { name: 'QUIT', from: 'client', text: 'QUIT', notes: '', example: '', bye: true },
] as const
const facts = {
  messages,
  start: 'start',
  states: [
    { name: 'start', mayEnd: false, steps: [ask] },
    { name: 'guessing', mayEnd: false, steps: [guess] },
    { name: 'end', mayEnd: true, steps: [] },
  ],
}

test('a walk steps on, back and forward again, and forgets the steps taken back after another step', () => {
  const walked = takeStep(takeStep(emptyWalk, ask), guess)
  expect([stateOf(facts, emptyWalk), stateOf(facts, walked)]).toEqual(['start', 'end'])
  const back = goTo(walked, 1)
  expect([stateOf(facts, back), stateOf(facts, goTo(back, 2))]).toEqual(['guessing', 'end'])
  expect([goTo(walked, -1).at, goTo(walked, 9).at]).toEqual([0, 2])
  expect(takeStep(goTo(walked, 0), ask)).toEqual({ steps: [ask], at: 1 })
})

test('a state shows the side whose turn it is, without regard to a goodbye, and the end shows no side', () => {
  expect(facts.states.map(({ name }) => speakerOf(facts, legalSteps(facts, name)))).toEqual(['server', 'client', 'none'])
  expect(speakerOf(facts, [ask, guess])).toBe('either')
  expect(speakerOf(facts, [ask, quit])).toBe('server')
  expect(speakerOf(facts, [quit])).toBe('client')
  expect(legalSteps(facts, 'nowhere')).toEqual([])
})

test('a layout is used only for the automaton that it draws', () => {
  const place = { x: 0, y: 0, width: 1, height: 1 }
  const line = { path: '', lines: [], x: 0, y: 0 }
  const layout: AutomatonLayout = {
    ...{ width: 1, height: 1, states: { start: place, guessing: place, end: place } },
    edges: [
      { from: 'start', to: 'guessing', side: 'server', messages: ['GUESS'], ...line },
      { from: 'guessing', to: 'end', side: 'client', messages: ['guess'], ...line },
    ],
  }
  expect(isLayoutOf(layout, facts)).toBe(true)
  expect(isLayoutOf({ ...layout, edges: layout.edges.slice(1) }, facts)).toBe(false)
  expect(isLayoutOf({ ...layout, states: { ...layout.states, other: place } }, facts)).toBe(false)
  const turned = facts.states.map((state) => ({ ...state, steps: state.steps.map((step) => ({ ...step, from: 'client' as const })) }))
  expect(isLayoutOf(layout, { states: turned })).toBe(false)
})
