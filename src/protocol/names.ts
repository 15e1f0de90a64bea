/** Checks whether the name that a server welcomes is the name that was sent; the server may spell it as it was registered. */
export function isSameName(welcomed = '', sent = ''): boolean {
  return comparable(welcomed) === comparable(sent)
}

function comparable(name: string): string {
  return name.normalize('NFKC').toLowerCase().replaceAll('_', ' ').trim()
}
