import { test } from 'node:test'
import { testGame, testProtocol } from 'parlor/testing'
import { connectFour } from './connect-four.ts'
import { programs } from './connect-four-wire.ts'

testGame(test, connectFour, {
  illegal: ['0', '8', 'four', ''],
  tree: [
    { depth: 1, count: 7 },
    { depth: 5, count: 16_807 },
    { depth: 6, count: 117_649 },
  ],
})

for (const program of programs) testProtocol(test, program)
