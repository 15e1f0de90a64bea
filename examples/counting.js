// Two counters at the same time, in one thread: node counting.js [LONGEST PAUSE IN SECONDS]
import { setTimeout as sleep } from 'node:timers/promises'

const pause = Number(process.argv[2] ?? 1) * 1000

/** Counts to 10, with a random pause after each number. During each `await` the other counter runs. */
async function count(who) {
  for (let number = 1; number <= 10; number++) {
    await sleep(Math.random() * pause)
    console.log(who, number)
  }
  console.log(who, 'is done')
}

await Promise.all([count('left'), count('    right')])
console.log('both are done')
