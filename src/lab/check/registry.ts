import type { Program } from '../../protocol/definition.ts'
import type { Side } from '../../protocol/message-spec.ts'
import { asksAgain } from './asks-again.ts'
import { emptyMessage, garbledField, illegalMessage, invalidUtf8, oversizedMessage } from './bad-messages.ts'
import type { Check } from './check.ts'
import { closesInOrder } from './closes-in-order.ts'
import { duplicatedDatagrams, lostDatagram, reorderedDatagrams, wrongSender } from './datagrams.ts'
import { byteByByte, crLfLines, cutInsideACharacter, glued, slow } from './disturbed.ts'
import { everyLine } from './every-line.ts'
import { everyOutcome } from './every-outcome.ts'
import { illegalMove } from './illegal-move.ts'
import { goneByFin, goneByRst, goneBySilence } from './interrupted.ts'
import { nextClient } from './next-client.ts'
import { playsToTheEnd } from './plays-to-the-end.ts'
import type { CheckLevel } from './report.ts'
import { sentAhead } from './sent-ahead.ts'
import { goneBeforeServed, restartOnTheSamePort, twoClientsAtOnce } from './server-checks.ts'

/** All checks, in the order in which they run: a check on which other checks depend comes before those checks. */
export const CHECKS: readonly Check[] = [
  ...[playsToTheEnd, everyOutcome, everyLine, nextClient],
  ...[byteByByte, glued, slow, cutInsideACharacter, crLfLines],
  ...[goneByFin, goneByRst, goneBySilence, closesInOrder],
  sentAhead,
  ...[illegalMessage, garbledField, emptyMessage, invalidUtf8, oversizedMessage],
  ...[illegalMove, asksAgain],
  ...[lostDatagram, duplicatedDatagrams, reorderedDatagrams, wrongSender],
  ...[twoClientsAtOnce, goneBeforeServed, restartOnTheSamePort],
]

/**
 * Returns the checks for one side of a program at a level, over TCP or over UDP (`datagrams`). The level `robust` has the checks of
 * `worksheet`, too.
 */
export function selectChecks(
  program: Program,
  role: Side,
  level: CheckLevel,
  checks: readonly Check[] = CHECKS,
  datagrams = false,
): readonly Check[] {
  const carriers = datagrams ? 'datagrams' : 'streams'
  return checks.filter(
    (check) =>
      (level === 'robust' || check.level === 'worksheet') &&
      check.roles.includes(role) &&
      ['both', carriers].includes(check.carriers ?? 'streams') &&
      check.appliesTo?.(program, role) !== false,
  )
}
