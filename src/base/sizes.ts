const UNITS = { kB: 1000, MB: 1_000_000, GB: 1_000_000_000 }

/** Parses a size, such as `500MB` or `1.5GB`, to bytes; `undefined` if the text is not a size. */
export function parseSize(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,9}(?:\.\d{1,9})?) ?(kB|MB|GB)$/.exec(text.trim()) ?? []
  if (unit !== 'kB' && unit !== 'MB' && unit !== 'GB') return undefined
  return Math.round(Number(amount) * UNITS[unit])
}

/** Formats bytes as a whole number of the largest unit that divides them; in kB if no unit divides them. */
export function formatSize(bytes: number): string {
  if (bytes % UNITS.GB === 0) return `${bytes / UNITS.GB}GB`
  return bytes % UNITS.MB === 0 ? `${bytes / UNITS.MB}MB` : `${bytes / UNITS.kB}kB`
}
