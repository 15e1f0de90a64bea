import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Due, DueWork } from '../../src/base/clock.ts'

/** An event loop whose turns a test starts, with a clock on which only work takes time. */
class Loop {
  time = 0
  readonly ran: number[] = []
  #turns: (() => void)[] = []
  readonly dueWork = new DueWork({ nextTurn: (then) => void this.#turns.push(then), share: 2, now: () => this.time })

  /** Work that takes some milliseconds, and is recorded by a number. */
  due(number: number, cost: number): Due {
    return {
      work: () => {
        this.time += cost
        this.ran.push(number)
      },
    }
  }

  /** Runs one turn; returns the duration of its work. */
  turn(): number {
    const began = this.time
    const turns = this.#turns
    this.#turns = []
    for (const then of turns) then()
    return this.time - began
  }

  get idle(): boolean {
    return this.#turns.length === 0
  }
}

describe('work that is due', () => {
  test('runs immediately if it is the only work', () => {
    const loop = new Loop()
    loop.dueWork.add(loop.due(1, 5))
    expect(loop.ran).toEqual([1])
    loop.turn()
    expect(loop.idle).toBe(true)
    loop.dueWork.add(loop.due(2, 5))
    expect(loop.ran).toEqual([1, 2])
  })

  test('waits for a later turn, behind the waiting work, if the share of this turn is used up', () => {
    const loop = new Loop()
    for (const number of [1, 2, 3, 4]) loop.dueWork.add(loop.due(number, 1))
    expect(loop.ran).toEqual([1, 2])
    loop.turn()
    loop.dueWork.add(loop.due(5, 1))
    expect(loop.ran).toEqual([1, 2, 3])
    loop.turn()
    expect(loop.ran).toEqual([1, 2, 3, 4, 5])
  })

  test('does not run if it was canceled while it waited', () => {
    const loop = new Loop()
    const due = loop.due(2, 1)
    loop.dueWork.add(loop.due(1, 9))
    loop.dueWork.add(due)
    due.work = undefined
    while (!loop.idle) loop.turn()
    expect(loop.ran).toEqual([1])
  })

  test('an exception in one piece of work does not prevent the others', () => {
    const loop = new Loop()
    loop.dueWork.add(loop.due(1, 9))
    loop.dueWork.add({
      work: () => {
        throw new Error('no')
      },
    })
    loop.dueWork.add(loop.due(2, 1))
    expect(() => loop.turn()).toThrow('no')
    while (!loop.idle) loop.turn()
    expect(loop.ran).toEqual([1, 2])
  })

  test('occupies a turn for its share and one piece at most, and all of it runs, in order', () => {
    const costs = fc.array(fc.constantFrom(0, 0.1, 0.5, 1, 3), { maxLength: 200 })
    fc.assert(
      fc.property(costs, costs, (first, second) => {
        const loop = new Loop()
        for (const [at, cost] of first.entries()) loop.dueWork.add(loop.due(at, cost))
        expect(loop.time).toBeLessThan(2 + 3)
        for (const [at, cost] of second.entries()) {
          if (at % 3 === 0) expect(loop.turn()).toBeLessThan(2 + 3)
          loop.dueWork.add(loop.due(first.length + at, cost))
        }
        while (!loop.idle) expect(loop.turn()).toBeLessThan(2 + 3)
        expect(loop.ran).toEqual([...first, ...second].map((_, at) => at))
      }),
    )
  })
})
