import { lookup, lookupService, reverse } from 'node:dns/promises'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { EXIT } from '../terminal/exit-codes.ts'
import { Terminal } from '../terminal/terminal.ts'
import { printError, UsageError } from './diagnostics.ts'

/** Well-known services and their TCP ports (IANA), because Node cannot look up a service of the system by its name. */
const SERVICES: Readonly<Record<string, number>> = {
  echo: 7,
  daytime: 13,
  ftp: 21,
  ssh: 22,
  telnet: 23,
  smtp: 25,
  time: 37,
  domain: 53,
  gopher: 70,
  finger: 79,
  http: 80,
  pop3: 110,
  ntp: 123,
  imap: 143,
  irc: 194,
  ldap: 389,
  https: 443,
  submission: 587,
  ipp: 631,
  imaps: 993,
  pop3s: 995,
  mysql: 3306,
  xmpp: 5222,
  postgresql: 5432,
}

/**
 * Runs `parlor lookup [NAME]` (FH slides, "general information"). Without a name, prints this machine's name and addresses.
 * Otherwise prints the addresses of a name, the name of an address, the port of a service, or the service of a port. Resolves to
 * the exit code.
 */
export async function lookupCommand(name?: string): Promise<number> {
  const terminal = new Terminal()
  const asked = name?.trim() ?? hostname()
  if (asked === '') throw new UsageError('the name to look up is empty: give a name, or no argument to look up this machine')
  const found = [...(name === undefined ? [`This machine is called ${asked}`] : []), ...(await answers(asked))]
  if (found.length === 0) {
    printError(
      isIP(asked)
        ? `no name of the address ${asked} is known`
        : `nothing is known by the name ${JSON.stringify(asked)}: no address, no service`,
    )
    return EXIT.trouble
  }
  for (const line of found) terminal.printSentence(line)
  return EXIT.good
}

async function answers(asked: string): Promise<string[]> {
  if (isIP(asked)) return namesOf(asked)
  if (/^\d+$/.test(asked)) return serviceOf(Number(asked))
  const port = Object.hasOwn(SERVICES, asked.toLowerCase()) ? SERVICES[asked.toLowerCase()] : undefined
  const addresses = await lookup(asked, { all: true }).catch(() => [])
  const lines = addresses.map(({ address, family }) => `IPv${family}  ${address}`)
  return [...new Set(lines), ...(port === undefined ? [] : [`The service ${asked.toLowerCase()} has port ${port}`])]
}

async function namesOf(address: string): Promise<string[]> {
  const { hostname: own } = await lookupService(address, 80).catch(() => ({ hostname: address }))
  const names = new Set([...(own === address ? [] : [own]), ...(await reverse(address).catch(() => []))])
  return [...names].map((name) => `${address} is called ${name}`)
}

async function serviceOf(port: number): Promise<string[]> {
  if (port > 65535) return []
  const { service } = await lookupService('127.0.0.1', port).catch(() => ({ service: String(port) }))
  const known = service === String(port) ? Object.entries(SERVICES).find(([, number]) => number === port)?.[0] : service
  return known === undefined ? [] : [`Port ${port} belongs to the service ${known}`]
}
