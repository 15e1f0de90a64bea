const UNITS = { kB: 1000, MB: 1_000_000, GB: 1_000_000_000 }

/** An amount of bytes: `500MB`, `1.5GB`. `undefined` for a text that is none. */
export function readSize(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,9}(?:\.\d{1,9})?) ?(kB|MB|GB)$/.exec(text.trim()) ?? []
  if (unit !== 'kB' && unit !== 'MB' && unit !== 'GB') return undefined
  return Math.round(Number(amount) * UNITS[unit])
}

/** An amount of bytes as one writes it, in the largest unit of which it is a whole number; in kB, if it is of none. */
export function printSize(bytes: number): string {
  if (bytes % UNITS.GB === 0) return `${bytes / UNITS.GB}GB`
  return bytes % UNITS.MB === 0 ? `${bytes / UNITS.MB}MB` : `${bytes / UNITS.kB}kB`
}
