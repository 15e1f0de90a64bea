import { networkInterfaces } from 'node:os'
import { formatRows } from '../lab/reference.ts'
import type { Program } from '../protocol/definition.ts'
import type { ListenStatus } from '../server/server.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { shortName } from './same-port.ts'

/**
 * Returns the table of programs and ports, with example commands that try a program. `pages` has a line for each page that browsers can
 * open.
 */
export function formatServed(places: readonly ListenStatus[], host: string, terminal: Terminal, pages: readonly string[]): string {
  const rows = places
    .filter(({ transport }) => transport !== 'udp')
    .map(({ program, address, transport }) => [
      named(program),
      transport === 'unix' ? address.host : String(address.port).padStart(5),
      program.protocol.title,
    ])
  const [first] = places
  const { transport = 'tcp', fingerprint } = first ?? {}
  const others = transport === 'unix' ? undefined : reach(host)
  const shown = fingerprint === undefined ? [] : [`Over TLS. The fingerprint of the certificate is ${fingerprint}`]
  const [where, ways] = first ? waysTo(first, host) : [host, []]
  return `${terminal.wrap(`Parlor serves ${where}, until Ctrl-C:`)}

${formatRows(rows, terminal.columns)}

${[...pages, ...shown, ...(others === undefined ? [] : [others])].map((text) => `${terminal.wrap(text)}\n\n`).join('')}${terminal.wrap('Connect with a program of your own, or:')}
${formatRows(ways, terminal.columns)}
`
}

/** Returns the addresses of a server, with example commands that try its first program. */
function waysTo({ program, address, transport }: ListenStatus, host: string): [where: string, ways: string[][]] {
  const short = shortName(program)
  const wire = ['parlor protocols PROGRAM', 'the messages on the wire']
  if (transport === 'unix') {
    const joining = [`parlor join PROGRAM --unix SOCKET`, `such as  parlor join ${short} --unix ${address.host}`]
    return ['at Unix sockets', [[`nc -U SOCKET`, `such as  nc -U ${address.host}`], joining, wire]]
  }
  const at = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  const secure = transport === 'tls' ? ' --tls' : ''
  const joining = [`parlor join PROGRAM ${at} PORT${secure}`, `such as  parlor join ${short} ${at} ${address.port}${secure}`]
  const plain = transport === 'tls' ? 'openssl s_client -quiet -connect' : 'nc'
  const [place, example] = transport === 'tls' ? [`${at}:PORT`, `${at}:${address.port}`] : [`${at} PORT`, `${at} ${address.port}`]
  return [`on ${host}`, [[`${plain} ${place}`, `such as  ${plain} ${example}`], joining, wire]]
}

function named(program: Program): string {
  const short = shortName(program)
  return short === program.name ? short : `${program.name} (${short})`
}

/** Returns a sentence with the addresses for other machines if the server listens on all interfaces; otherwise `undefined`. */
function reach(host: string): string | undefined {
  if (host !== '0.0.0.0' && host !== '::') return undefined
  const addresses = Object.values(networkInterfaces())
    .flatMap((one) => one ?? [])
    .filter(({ internal, family, scopeid }) => !internal && (family === 'IPv4' || (host === '::' && !scopeid)))
    .map(({ address }) => address)
  return addresses.length === 0
    ? 'This machine has no address for other machines; is it on a network?'
    : `Other machines connect to ${addresses.join(' or ')}`
}
