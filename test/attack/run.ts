// npm run test:attack [NAME ...]: runs all attacks, or the named attacks, one after the other; exit code 1 if an attack succeeds.
import { allAttacks } from './all.ts'
import { launch } from './attack.ts'

const attacks = await allAttacks()
const named = process.argv.slice(2)
const unknown = named.filter((name) => !attacks.has(name))
if (unknown.length > 0) {
  console.error(`There is no attack ${unknown.join(', ')}. There are: ${[...attacks.keys()].join(', ')}`)
  process.exit(2)
}
let failed = 0
for (const [name, attack] of attacks) {
  if (named.length > 0 && !named.includes(name)) continue
  const since = performance.now()
  try {
    const measured = await launch(attack)
    console.log(`held    ${name}: ${attack.title}. ${measured} (${Math.round(performance.now() - since)} ms)`)
  } catch (reason) {
    failed++
    console.log(`BROKEN  ${name}: ${attack.title}.\n${reason instanceof Error ? reason.stack : reason}`)
  }
}
console.log(`${(named.length || attacks.size) - failed} held, ${failed} broken`)
process.exitCode = failed > 0 ? 1 : 0
