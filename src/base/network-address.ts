/**
 * Returns the network to which the limits per address apply: for IPv4 it is the address itself, and for IPv6 the first 64 bits of
 * the address. For the path of a Unix socket, returns the network of this machine.
 */
export function toNetwork(host: string): string {
  if (host.startsWith('127.') || /[/\\]/.test(host)) return THIS_MACHINE
  if (!host.includes(':')) return host
  const [front = '', back] = host.split('%')[0]?.split('::') ?? []
  const groups = front.split(':')
  const last = back === undefined || back === '' ? [] : back.split(':')
  const all = back === undefined ? groups : [...groups, ...Array(Math.max(0, 8 - groups.length - last.length)).fill('0'), ...last]
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group || '0', 16).toString(16))
    .join(':')
}

/** The network of all of 127.0.0.0/8, and of ::1. */
export const THIS_MACHINE = toNetwork('::1')
