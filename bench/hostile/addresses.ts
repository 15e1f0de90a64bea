/** An address per class of 30 users, as behind routers of their own, one for whom is hostile, and one for whom is measured: where the system has all of 127.0.0.0/8. */
export function addressOf(user: number | 'hostile' | 'another'): string {
  if (process.platform !== 'linux') return '127.0.0.1'
  if (typeof user === 'number') return `127.0.1.${1 + (Math.floor(user / 30) % 250)}`
  return user === 'hostile' ? '127.0.0.2' : '127.0.0.3'
}
