import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Client } from 'pg'
import { hasProgram, isTestedWith } from './capture.ts'
import { NOBODY } from './system.ts'

/** The folder of PostgreSQL's programs: Debian has them outside of the path. */
const PROGRAMS = globSync('/usr/lib/postgresql/*/bin').sort().at(-1)

/** Whether tests run that need PostgreSQL. */
export const hasPostgres = PROGRAMS !== undefined || hasProgram('postgres') || isTestedWith('postgres')

/** RunningPostgres is a PostgreSQL server that listens at a Unix socket in a temporary folder. */
export interface RunningPostgres {
  /** Creates an empty database, and resolves to its URL. */
  createDatabase(): Promise<string>
  stop(): Promise<void>
}

/** Starts PostgreSQL as a user without rights, because it refuses to run as root. */
export async function startPostgres(): Promise<RunningPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'parlor-postgres-'))
  const user = process.geteuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  chmodSync(folder, 0o700)
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  const program = (name: string) => (PROGRAMS === undefined ? name : join(PROGRAMS, name))
  const options = ['-D', data, '-U', 'parlor', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync']
  execFileSync(program('initdb'), options, { ...user, cwd: folder, stdio: 'ignore' })
  const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, 'fsync=off', 'max_connections=100'].flatMap((one) => [
    '-c',
    one,
  ])
  const server = spawn(program('postgres'), ['-D', data, ...settings], { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(server, 'exit')
  for await (const line of createInterface(server.stderr)) if (line.includes('ready to accept connections')) break
  server.stderr.resume()
  const urlOf = (database: string) => `postgres://parlor@/${database}?host=${folder}`
  let databases = 0
  return {
    async createDatabase() {
      const name = `test${++databases}`
      const client = new Client(urlOf('postgres'))
      await client.connect()
      await client.query(`CREATE DATABASE ${name}`)
      await client.end()
      return urlOf(name)
    },
    async stop() {
      server.kill('SIGINT')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
