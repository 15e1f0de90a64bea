/** Checks whether the name that a server welcomes is one that was sent; the server may write it as a user of that name has it. */
export function isSameName(welcomed = '', sent = ''): boolean {
  return comparable(welcomed) === comparable(sent)
}

function comparable(name: string): string {
  return name.normalize('NFKC').toLowerCase().replaceAll('_', ' ').trim()
}
