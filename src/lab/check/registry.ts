import type { Side } from '../../protocol/automaton.ts'
import type { Program } from '../../protocol/definition.ts'
import type { Check } from './check.ts'
import { closesInOrder } from './closes-in-order.ts'
import { byteByByte, cutInsideACharacter, glued, slow } from './disturbed.ts'
import { everyOutcome } from './every-outcome.ts'
import { goneByFin, goneByRst, goneBySilence, illegalMessage, oversizedMessage } from './interrupted.ts'
import { playsToTheEnd } from './plays-to-the-end.ts'
import type { CheckLevel } from './report.ts'
import { restartOnTheSamePort, twoClientsAtOnce } from './server-checks.ts'

/** All checks, in the order in which they run: a check that the others depend on comes before them. */
export const CHECKS: readonly Check[] = [
  ...[playsToTheEnd, everyOutcome],
  ...[byteByByte, glued, slow, cutInsideACharacter],
  ...[goneByFin, goneByRst, goneBySilence, closesInOrder, illegalMessage, oversizedMessage],
  ...[twoClientsAtOnce, restartOnTheSamePort],
]

/** Returns the checks for one side of a program at a level. The level `robust` has the checks of `worksheet`, too. */
export function selectChecks(program: Program, role: Side, level: CheckLevel, checks: readonly Check[] = CHECKS): readonly Check[] {
  return checks.filter(
    (check) => (level === 'robust' || check.level === 'worksheet') && check.roles.includes(role) && check.appliesTo?.(program) !== false,
  )
}
