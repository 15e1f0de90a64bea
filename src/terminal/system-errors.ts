import { errorMessage } from '../base/errors.ts'
import type { Address } from '../wire/transport.ts'

/** Formats an address: `127.0.0.1:9999`, `[::1]:9999`, or the path of a Unix socket. */
export function formatAddress({ host, port }: Address): string {
  if (isSocketPath(host)) return host
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** Returns a sentence with the reason why the server could not listen on an address, and with advice. */
export function cannotListen(at: Address, error: unknown): string {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'it is in use; stop the program that listens there, or choose another port with --port',
    EACCES: isSocketPath(at.host)
      ? 'there is no such folder, or this user may not write to it'
      : 'this user may not listen there; ports below 1024 are reserved: choose another port with --port',
    EADDRNOTAVAIL: 'this machine does not have that address; 127.0.0.1 means this machine alone, and 0.0.0.0 means all its addresses',
    ENOTFOUND: 'that name is not known',
  }
  return `cannot listen on ${formatAddress(at)}: ${reasons[errorCode(error)] ?? errorMessage(error)}`
}

/** Returns a sentence with the reason why the client could not connect, and with advice. `waited` is in milliseconds. */
export function cannotConnect(to: Address, error: unknown, waited: number): string {
  const reasons: Readonly<Record<string, string>> = {
    ECONNREFUSED: `no server listens there${waited > 0 ? ` (tried for ${waited / 1000} s)` : ''}; start the server first, and check its ${isSocketPath(to.host) ? 'path' : 'port'}`,
    ENOENT: 'there is no such socket; start the server first, and check its path',
    ENOTFOUND: `${describeUnknownHost(to.host)}; 127.0.0.1 is this machine`,
    EAI_AGAIN: 'this machine cannot look up names now; use an address such as 127.0.0.1 instead',
    EHOSTUNREACH: 'there is no route to that machine; check its address and the network',
    ENETUNREACH: 'there is no route to that network; check the address and the network',
    ETIMEDOUT: 'it does not answer; check the address and the firewalls',
    ECONNRESET: 'the server reset the connection immediately',
  }
  return `cannot connect to ${formatAddress(to)}: ${reasons[errorCode(error)] ?? errorMessage(error)}`
}

/** Returns a clause that says why a lookup found no address. The name may be a mistyped IPv4 address. */
function describeUnknownHost(host: string): string {
  return /^\d+(?:\.\d+){3}$/.test(host) ? 'that is not an address: its four numbers must be from 0 to 255' : 'that name is not known'
}

/**
 * Adds the address to a sentence about the end of a conversation. Over UDP, the system reports that no server listens (ECONNREFUSED) only
 * after the first datagram, when the conversation has already begun.
 */
export function addAddress(to: Address, sentence: string): string {
  return sentence.replace(' (ECONNREFUSED)', `, ${formatAddress(to)} (ECONNREFUSED)`)
}

/** Returns a sentence with the reason why the program could not read a file. */
export function cannotRead(file: string, error: unknown): string {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EISDIR: 'it is a folder',
    EACCES: 'this user may not read it',
  }
  return `cannot read ${JSON.stringify(file)}: ${reasons[errorCode(error)] ?? errorMessage(error)}`
}

/** Checks whether a host is the path of a Unix socket. */
export function isSocketPath(host: string): boolean {
  return host.includes('/') || host.includes('\\')
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
