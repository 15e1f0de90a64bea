/** A number of something: `1 table`, `2 tables`. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}

/** Milliseconds to wait, in whole seconds: `1 second`, `20 seconds`. */
export function secondsOf(ms: number): string {
  return counted(Math.ceil(ms / 1000), 'second')
}
