import type { Address } from '../wire/transport.ts'

/** Exit codes: 0 as the protocol ends, 1 otherwise, 2 usage, 129, 130 and 143 after a hang-up, Ctrl-C and a termination signal. */
export const EXIT = { good: 0, trouble: 1, usage: 2, hungUp: 129, interrupted: 130, terminated: 143 } as const

/** A place as people write it: `127.0.0.1:9999`, `[::1]:9999`, or the path of a Unix socket. */
export function place({ host, port }: Address): string {
  if (isPath(host)) return host
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** Explains why nothing listens at a place, in a sentence that says what to do. */
export function cannotListen(at: Address, error: unknown): string {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'it is in use; stop the program that listens there, or choose another with --port',
    EACCES: isPath(at.host)
      ? 'there is no such folder, or this user may not write to it'
      : 'this user may not listen there; ports below 1024 are reserved, choose another with --port',
    EADDRNOTAVAIL: 'this machine does not have that address; 127.0.0.1 is this machine alone, 0.0.0.0 all its addresses',
    ENOTFOUND: 'that name is not known',
  }
  return `cannot listen on ${place(at)}: ${reasons[codeOf(error)] ?? messageOf(error)}`
}

/** Explains why a server could not be reached, in a sentence that says what to do. */
export function cannotConnect(to: Address, error: unknown, waited: number): string {
  const reasons: Readonly<Record<string, string>> = {
    ECONNREFUSED: `nobody listens there${waited > 0 ? ` (asked for ${waited / 1000} s)` : ''}; start the server first, and look at its ${isPath(to.host) ? 'path' : 'port'}`,
    ENOENT: 'there is no such socket; start the server first, and look at its path',
    ENOTFOUND: `${notKnown(to.host)}; 127.0.0.1 is this machine`,
    EAI_AGAIN: 'names cannot be looked up now; an address such as 127.0.0.1 needs no looking up',
    EHOSTUNREACH: 'there is no way to that machine; look at its address, and at the network',
    ENETUNREACH: 'there is no way to that network; look at the address, and at the network',
    ETIMEDOUT: 'it does not answer; look at the address, and at firewalls',
    ECONNRESET: 'it broke the connection off at once',
  }
  return `cannot connect to ${place(to)}: ${reasons[codeOf(error)] ?? messageOf(error)}`
}

/** Says why a name leads to no address: it may be meant as one. */
function notKnown(host: string): string {
  return /^\d+(?:\.\d+){3}$/.test(host) ? 'that is no address: the four numbers of one go from 0 to 255' : 'that name is not known'
}

/** Adds the address to a sentence on a conversation's end: over UDP, a refusal is known only after a datagram was sent. */
export function endAt(to: Address, sentence: string): string {
  return sentence.replace(' (ECONNREFUSED)', `, ${place(to)} (ECONNREFUSED)`)
}

/** Explains why a file could not be read, in a sentence. */
export function cannotRead(file: string, error: unknown): string {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EISDIR: 'it is a folder',
    EACCES: 'this user may not read it',
  }
  return `cannot read ${JSON.stringify(file)}: ${reasons[codeOf(error)] ?? messageOf(error)}`
}

/** Returns what an error says, without where it was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Checks whether a host is the path of a Unix socket. */
export function isPath(host: string): boolean {
  return host.includes('/') || host.includes('\\')
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
