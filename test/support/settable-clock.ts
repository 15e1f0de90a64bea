/**
 * A preload (`node --import`) that sets the wall clock of a process by JUMP milliseconds, as NTP or the wake of a laptop
 * does, when the process gets SIGUSR2; it reports the change on standard error.
 */
const real = Date.now
const RealDate = Date
let off = 0

globalThis.Date = class extends RealDate {
  constructor(...given: unknown[]) {
    super(...((given.length > 0 ? given : [real() + off]) as [number]))
  }

  static override now(): number {
    return real() + off
  }
} as DateConstructor

process.on('SIGUSR2', () => {
  off = Number(process.env.JUMP)
  process.stderr.write('the clock is set\n')
})
