import fc from 'fast-check'
import { groupConnections, type RecordedConnection, type RecordingEntry } from '../../../src/lab/recordings/recording.ts'

export const START = 1_760_000_000_000_000
export const CLIENT = { host: '127.0.0.1', port: 50_123 }
export const SERVER = { host: '127.0.0.1', port: 3456 }

export const text = (value: string) => new TextEncoder().encode(value)

/** The opening of a TCP connection. */
export const opening = { type: 'open', connection: 1, at: START, transport: 'tcp', client: CLIENT, server: SERVER } as const

/** A segment of a connection. */
export function segment(from: 'client' | 'server', value: string, at: number, rest: { comments?: string[]; missing?: number } = {}) {
  return { type: 'segment', connection: 1, at: START + at, from, bytes: text(value), ...rest } as const
}

/** The end of one side. */
export function ending(from: 'client' | 'server', how: 'fin' | 'reset', at: number) {
  return { type: 'end', connection: 1, at: START + at, from, how } as const
}

/** A conversation with a violation. */
export const CONVERSATION: readonly RecordingEntry[] = [
  opening,
  segment('server', 'YOURS X\n', 100),
  segment('client', 'MOVE5\nMO', 2_000_100),
  segment('client', 'VE5\r', 2_000_900, { comments: ['expected LF after "MOVE5"; received CR', 'violation: crlf ✗'] }),
  ending('server', 'fin', 2_001_000),
  segment('client', 'bye\n', 2_002_000),
  ending('client', 'fin', 2_003_000),
]

/** Groups entries without the numbers of their connections, which a reader numbers again, in the order of the openings. */
export function withoutNumbers(entries: Iterable<RecordingEntry>): unknown {
  const rename = ({ opening: first, entries: rest }: RecordedConnection) => [first, ...rest].map(({ connection: _, ...entry }) => entry)
  return groupConnections(entries).map(rename)
}

const address = fc.oneof(
  fc.tuple(fc.ipV4(), fc.ipV4()),
  fc.constantFrom(['::1', 'fe80::1'] as const, ['2001:db8::a:0:1', '::'] as const, ['192.0.2.1', '2001:db8::1'] as const),
)
const comments = fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }), { minLength: 1, maxLength: 2 })
const side = fc.constantFrom('client', 'server')
const bytes = fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.string({ minLength: 1, maxLength: 20 }).map(text))

/** What happens next in a connection: `after` is the time since the last entry, in microseconds. */
const step = fc.record({
  connection: fc.integer({ min: 1, max: 3 }),
  after: fc.integer({ min: 0, max: 5_000_000 }),
  from: side,
  bytes,
  comments: fc.option(comments, { nil: undefined }),
  kind: fc.constantFrom('segment', 'segment', 'segment', 'masked', 'missing', 'fin', 'reset'),
})

/** A recording of up to three connections, in which each entry may follow those before it. */
export const recordings: fc.Arbitrary<readonly RecordingEntry[]> = fc
  .record({
    hosts: fc.array(address, { minLength: 3, maxLength: 3 }),
    transports: fc.array(fc.constantFrom('tcp', 'udp'), { minLength: 3, maxLength: 3 }),
    steps: fc.array(step, { maxLength: 25 }),
  })
  .map(({ hosts, transports, steps }) => {
    const entries: RecordingEntry[] = []
    const ended = new Map<number, Set<string>>()
    let at = START
    for (const { connection, after, from, bytes: sent, comments: noted, kind } of steps) {
      at += after
      const [client = '', server = ''] = hosts[connection - 1] ?? []
      const transport = transports[connection - 1] ?? 'tcp'
      const ends = ended.get(connection)
      const common = { connection, at, ...(noted === undefined ? {} : { comments: noted }) }
      if (!ends) {
        ended.set(connection, new Set())
        const ports = { client: { host: client, port: 50_000 + connection }, server: { host: server, port: 3456 } }
        entries.push({ type: 'open', connection, at, transport, ...ports })
        // the client of UDP speaks first, in the same moment
        if (transport === 'udp') entries.push({ type: 'segment', ...common, from: 'client', bytes: sent })
        continue
      }
      if (ends.has(from) || ends.has('reset')) continue
      if (transport === 'udp' || kind === 'segment') entries.push({ type: 'segment', ...common, from, bytes: sent })
      else if (kind === 'masked') entries.push({ type: 'segment', ...common, from, bytes: sent, masked: [[0, sent.length]] })
      else if (kind === 'missing') entries.push({ type: 'segment', ...common, from, bytes: sent, missing: sent.length * 3 })
      else {
        entries.push({ type: 'end', ...common, from, how: kind })
        ends.add(kind === 'fin' ? from : 'reset')
      }
    }
    return entries
  })
