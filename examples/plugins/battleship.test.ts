import { test } from 'node:test'
import { testGame } from 'parlor/testing'
import { battleship } from './battleship.ts'

testGame(test, battleship, { illegal: ['a7', 'g1', '17', ''], tree: [{ depth: 2, count: 1296 }] })
