import { test } from 'node:test'
import { testGame, testProtocol } from 'parlor/testing'
import { battleship } from './battleship.ts'
import { programs } from './battleship-wire.ts'

testGame(test, battleship, { illegal: ['a7', 'g1', '17', ''], tree: [{ depth: 2, count: 1296 }] })

for (const program of programs)
  testProtocol(test, program, { typed: ['ada', ...Array.from({ length: 36 }, (_, n) => `${'abcdef'[n % 6]}${1 + Math.floor(n / 6)}`)] })
