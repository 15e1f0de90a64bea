import { encode } from '../../wire/text.ts'
import type { Address } from '../../wire/transport.ts'
import { ObservationMask } from '../class/observation-mask.ts'
import { formatPage } from '../pages/page-formats.ts'
import { encodePcapng } from '../recordings/pcapng-encoder.ts'
import type { ConnectionOpening, RecordingEntry } from '../recordings/recording.ts'
import { createWatches } from '../tap/conversation-watch.ts'
import { RecordingJudge } from '../tap/recording-judge.ts'
import { LOG_START } from './connection-log.ts'
import type { LoggedConnection } from './connection-logs.ts'

/** Checks whether the protocol of a connection has talk, which an export would contain. */
export function hasTalk({ protocol }: LoggedConnection): boolean {
  const mask = new ObservationMask(protocol.automaton)
  return mask.hidesTextOf('client') || mask.hidesTextOf('server')
}

/** Exports the log of a connection as a file, with its secrets masked. */
export async function exportConnection(connection: LoggedConnection, format: 'pcapng' | 'html'): Promise<Uint8Array> {
  const entries = toEntries(connection)
  if (format === 'html') return encode(await formatPage('.html', entries, [connection.protocol]))
  const judge = new RecordingJudge({ createWatch: createWatches([connection.protocol]) })
  const judged = entries.map((entry) => judge.take(entry))
  judge.closeAll()
  return encodePcapng(judged)
}

/** Returns the entries of a recording that has the log of a connection. */
function toEntries({ log, client, server, transport, openedAt }: LoggedConnection): readonly RecordingEntry[] {
  const { events } = log.read(LOG_START, Number.POSITIVE_INFINITY)
  const toTime = (at: number) => Math.round((openedAt + at) * 1000)
  const isPartial = events.some((event) => event.kind === 'gap' && event.missing === undefined)
  const opening: ConnectionOpening = {
    ...{ type: 'open', connection: 1, at: toTime(0), transport: transport === 'udp' ? 'udp' : 'tcp' },
    ...{ client: toIpAddress(client), server: toIpAddress(server) },
    ...(isPartial ? { isPartial } : {}),
  }
  const entries: RecordingEntry[] = [opening]
  const missing = { client: 0, server: 0 }
  for (const event of events) {
    if (event.kind === 'time') continue
    const { from } = event
    if (event.kind === 'gap') {
      missing[from] += event.missing ?? 0
      continue
    }
    // a recording of datagrams has no ends
    if (event.kind === 'end' && transport === 'udp') continue
    const base = { connection: 1, at: toTime(event.at), from, ...(missing[from] > 0 ? { missing: missing[from] } : {}) }
    missing[from] = 0
    if (event.kind === 'bytes') entries.push({ type: 'segment', ...base, bytes: event.bytes })
    else entries.push({ type: 'end', ...base, how: event.how === 'finished' ? 'fin' : 'reset' })
  }
  return entries
}

/** Returns an address that a packet can have: the clients of a Unix socket are on this machine. */
function toIpAddress({ host, port }: Address): Address {
  return { host: /[/\\]/.test(host) ? '127.0.0.1' : host, port }
}
