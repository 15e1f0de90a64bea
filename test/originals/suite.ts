import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { originals } from '../support/originals.ts'

const root = join(import.meta.dirname, '../..')
const parlor = `${process.execPath} ${join(root, 'bin/parlor.js')}`

/** A recorded session: the original programs, and their input. */
export interface Scenario {
  readonly name: string
  readonly file: string
  readonly server: string
  readonly client: string
  /** The client asks for address and port. */
  readonly asks: boolean
  readonly shell: boolean
}

/** Every recorded session. */
export function scenarios(): Scenario[] {
  return globSync(join(originals ?? '', 'golden/*.json'))
    .sort()
    .map((file) => {
      const { name, server_cmd, client_cmd, stdin_client } = JSON.parse(readFileSync(file, 'utf8'))
      const script = (command: string | null) => basename(/\{DIR\}\/(\w+)\.py/.exec(command ?? '')?.[1] ?? '')
      const asks = stdin_client[0]?.expect?.startsWith('Enter IPv4') ?? false
      return { name, file, server: script(server_cmd), client: script(client_cmd), asks, shell: client_cmd.startsWith('sh ') }
    })
}

/** Parlor's host for each original server. */
export const HOSTS: Readonly<Record<string, string>> = {
  d000_basic_server: 'tjc/hello',
  d000_basic_server_split: 'tjc/hello-split',
  d000_basic_server_iterative: 'tjc/iterative',
  d000_practice_server: 'tjc/practice',
  d000_chat_server: 'tjc/chat',
  ref_d000_chat_quit_server: 'tjc/chat-quit',
  d000_game_server: 'tjc/tictactoe',
  ref_d000_game_server_alternative: 'tjc/tictactoe-alternative',
  ref_d000_guess_server: 'tjc/guess',
  d001_slides_server: 'c8/hello-slides',
  d001_p1_server: 'c8/hello',
  d001_a2_base_server: 'c8/hello',
  ref_d001_a1_two_clients_server: 'c8/two-clients',
  d001_p2_server_split: 'c8/hello-split',
  ref_d001_a2_server: 'c8/both-ways',
  d001_p3_iterative_server: 'c8/iterative',
  d001_p4_chat_server: 'c8/chat',
  ref_d001_a3_chat_server: 'c8/chat-bye',
  d001_p5_headtail_server: 'c8/headtail',
  ref_d001_a4_headtail_server: 'c8/headtail-counters',
  ref_d001_a5_highlow_server: 'c8/highlow',
  ref_d002_chat_server: 'cs/chat --framing none',
  d003_hello_server: 'fh/hello',
  d003_strftime_server: 'fh/time',
  ref_d003_http_stub: 'fh/http',
  d004_guess_server: 'book/guess',
}

/** Parlor's join, or solo, for each original client. */
export const JOINS: Readonly<Record<string, string>> = {
  d000_basic_client: 'tjc/hello',
  d000_basic_client_protocol: 'tjc/hello',
  d000_practice_client: 'tjc/practice',
  d000_chat_client: 'tjc/chat',
  ref_d000_chat_quit_client: 'tjc/chat-quit',
  d000_game_client: 'tjc/tictactoe',
  ref_d000_game_client_alternative: 'tjc/tictactoe-alternative',
  d000_guess_client: 'tjc/guess',
  d001_slides_client: 'c8/hello-slides',
  d001_p1_client: 'c8/hello',
  d001_p2_client_noprotocol: 'c8/hello-split',
  d001_p2_client_protocol: 'c8/hello',
  ref_d001_a2_client: 'c8/both-ways',
  d001_p4_chat_client: 'c8/chat',
  ref_d001_a3_chat_client: 'c8/chat-bye',
  d001_p5_headtail_client: 'c8/headtail',
  ref_d001_a4_headtail_client: 'c8/headtail-counters',
  d001_a5_highlow_client: 'c8/highlow',
  ref_d002_chat_client: 'cs/chat --framing none',
  d003_hello_client: 'fh/hello',
  ref_d003_strftime_client: 'fh/time',
  d003_http_client: 'fh/http --name example.com',
  d004_guess_client: 'book/guess',
  d004_guess_client_noabstractions: 'book/guess',
}

const SOLOS: Readonly<Record<string, string>> = {
  d001_p5_head_tail: 'c8/headtail',
  d001_a5_high_low: 'c8/highlow',
  d001_a6_scissor_paper_stone: 'c8/scissors',
  d004_guess32: 'book/guess',
  d004_random_secret: 'book/secret',
}

const REPEAT = '--secret {SECRET} --choices {CHOICES} --now {NOW}'

/** Returns Parlor's commands for a scenario; an unknown program fails the suite. */
export function commandsOf({ server, client, asks, shell }: Scenario): { host?: string; join?: string; solo?: string } {
  if (server === '') return { solo: `${parlor} solo ${known(SOLOS, client)} ${quoted(REPEAT)}` }
  const host = `${parlor} host ${known(HOSTS, server)} --host {HOST} --port {PORT} ${quoted(REPEAT)}`
  if (shell) return { host }
  const once = server.endsWith('_split') ? ' --recv-once' : ''
  return { host, join: `${parlor} join ${known(JOINS, client)}${asks ? '' : ' {HOST} {PORT}'}${once}` }
}

function known(table: Readonly<Record<string, string>>, script: string): string {
  const found = table[script]
  if (found === undefined) throw new Error(`no program of ours is known for ${script}.py`)
  return found
}

/** An option without a meaning in a scenario is given as an empty text. */
function quoted(options: string): string {
  return options.replace(/\{\w+\}/g, (name) => `'${name}'`)
}

/** The networks that an original tolerates, by direction; Parlor's tolerate all (measured on the originals). */
const BREAKS: Readonly<Record<string, readonly string[]>> = {
  's2c dribble': [
    'd000_basic_client',
    'd001_p1_client',
    'd001_p2_client_noprotocol',
    'd001_slides_client',
    'd001_p5_headtail_client',
    'd004_guess_client',
    'd004_guess_client_noabstractions',
    'd003_http_client',
    'ref_d002_chat_client',
    'ref_d003_strftime_client',
  ],
  'c2s dribble': ['d000_practice_server', 'd003_hello_server', 'd003_strftime_server', 'd004_guess_server', 'ref_d002_chat_server'],
}

/** Returns whether an original receiver tolerates a bad network in one direction. */
export function stands(script: string, direction: 's2c' | 'c2s', fault: string): boolean {
  return !BREAKS[`${direction} ${fault}`]?.includes(script)
}
