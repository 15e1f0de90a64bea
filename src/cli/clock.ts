import { createSystemClock } from '../base/clock.ts'

/** The clock of this process, which all parts of a command share. */
export const wallClock = createSystemClock()
