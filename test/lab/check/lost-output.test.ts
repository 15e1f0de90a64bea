import { describe, expect, test } from 'vitest'
import { findLostLine } from '../../../src/lab/check/lost-output.ts'

const PLAIN = ['Connected: port 40312\nmove 1\nmove 2\nmove 2\n', 'Connected: port 40318\nmove 1\nmove 2\nmove 2\n']

describe('the output of a program that sends nothing', () => {
  test('lacks a line that the program prints each time on a good network', () => {
    expect(findLostLine('Connected: port 40320\nmove 1\nmove 2\n', PLAIN)).toBe('move 2')
    expect(findLostLine('', PLAIN)).toBe('move 1')
  })

  test('lacks no line if the program prints more lines, in another order, or with another line end', () => {
    expect(findLostLine('move 2\r\nmove 2\r\nmove 1\r\nmove 3\r\n', PLAIN)).toBeUndefined()
  })

  test('is not compared by lines that differ on a good network', () => {
    expect(findLostLine('', ['move 1\n', 'move 2\n'])).toBeUndefined()
    expect(findLostLine('', ['', ''])).toBeUndefined()
  })
})
