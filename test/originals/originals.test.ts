import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { originals } from '../support/originals.ts'
import { commandsOf, type Scenario, scenarios, stands } from './suite.ts'

/** The whole suite takes ten minutes; without `PARLOR_ORIGINALS=all` the bad networks are omitted. */
const NETWORKS = process.env.PARLOR_ORIGINALS === 'all' ? ['faithful', 'dribble:1', 'coalesce:80'] : ['faithful']

interface Run {
  readonly title: string
  readonly arguments: readonly string[]
}

/** The three mixes of one scenario, each over each network that its originals tolerate. */
function runs(scenario: Scenario): Run[] {
  const { host, join, solo } = commandsOf(scenario)
  if (solo) return [{ title: 'solo', arguments: ['--client', solo] }]
  const leaves = scenario.name.endsWith('_client_leaves')
  const mixes = [
    { title: 'our host, the original client', server: host, compare: leaves ? 'client' : 'both' },
    { title: 'the original server, our join', client: join, compare: leaves ? 'server' : 'both' },
    { title: 'our host, our join', server: host, client: join, compare: leaves ? 'wire' : 'both' },
  ]
  return mixes
    .filter((mix) => ('client' in mix ? mix.client : mix.server))
    .flatMap(({ title, server, client, compare }) =>
      (['s2c', 'c2s'] as const)
        .flatMap((direction) => NETWORKS.map((network) => ({ direction, network, fault: network.split(':')[0] ?? '' })))
        .filter(({ direction, network }) => network !== 'faithful' || direction === 's2c')
        .filter(({ direction, fault }) => {
          const receiver = direction === 's2c' ? (client ? '' : scenario.client) : server ? '' : scenario.server
          const onePiece = direction === 's2c' && fault === 'dribble' && client?.includes('--recv-once')
          // the original head/tail server makes no pause for its client; Parlor's does
          const unpaced = direction === 's2c' && fault === 'coalesce' && !server && scenario.server === 'd001_p5_headtail_server' && !client
          return !onePiece && !unpaced && stands(receiver, direction, fault)
        })
        .map(({ direction, network }) => ({
          title: network === 'faithful' ? title : `${title}, ${direction} ${network}`,
          arguments: [
            ...(server ? ['--server', server] : []),
            ...(client ? ['--client', client] : []),
            ...['--compare', compare],
            ...(network === 'faithful' ? [] : [`--net-${direction}`, network]),
          ],
        })),
    )
}

describe.skipIf(!originals).concurrent('the original worksheet programs', () => {
  const cases = originals ? scenarios().flatMap((scenario) => runs(scenario).map((run) => ({ ...run, ...scenario }))) : []
  // the originals read half a message as a whole one if the machine pauses for a moment: then they are run again
  test.each(cases)('$name: $title', { timeout: 60_000, retry: 2 }, async ({ file, arguments: options }) => {
    const harness = join(originals ?? '', 'run_pair.py')
    const run = promisify(execFile)('python3', ['-B', harness, '--scenario', file, ...options])
    const { stdout } = await run.catch((error: { stdout: string }) => error)
    expect(stdout).toMatch(/^PASS/)
  })
})
