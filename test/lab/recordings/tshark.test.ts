import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { encodePcapng } from '../../../src/lab/recordings/pcapng-encoder.ts'
import type { RecordingEntry } from '../../../src/lab/recordings/recording.ts'
import { isTestedWith } from '../../support/capture.ts'
import { folder } from '../../support/folders.ts'
import { CONVERSATION, opening, recordings, segment } from './samples.ts'

/** What tshark shows of a packet: the values of each field, by its name. */
type Shown = Readonly<Record<string, readonly string[] | undefined>>

const FIELDS = [
  ...['frame.time_epoch', 'frame.comment', 'ip.src', 'ipv6.src', 'tcp.srcport', 'udp.srcport', 'tcp.payload', 'udp.payload', 'tcp.stream'],
  ...['ip.checksum.status', 'tcp.checksum.status', 'udp.checksum.status', 'tcp.analysis.flags', '_ws.malformed', '_ws.expert.message'],
]

/** What tshark remarks about what did happen; everything else is a complaint. Comments, and packets of a recorded violation, are among it. */
const REMARK = /^(?:Connection (?:establish|finish|reset)|This frame (?:initiates|undergoes) the connection closing)/

/** Lets tshark read a file, with all of its checks; returns what it shows, and its complaints. */
function readByTshark(entries: Iterable<RecordingEntry>): readonly Shown[] {
  const file = join(folder(), 'recording.pcapng')
  writeFileSync(file, encodePcapng(entries))
  const checks = ['ip.check_checksum', 'tcp.check_checksum', 'udp.check_checksum'].flatMap((name) => ['-o', `${name}:TRUE`])
  // tshark must not take payloads for other protocols by chance
  const plain = ['tcp', 'udp'].flatMap((name) => ['-d', `${name}.port==3456,data`])
  const args = ['-r', file, '-n', ...checks, ...plain, '-T', 'json', ...FIELDS.flatMap((name) => ['-e', name])]
  const output = execFileSync('tshark', args, { encoding: 'utf8', maxBuffer: 1e9, stdio: ['ignore', 'pipe', 'pipe'] })
  const packets: { readonly _source: { readonly layers: Shown } }[] = JSON.parse(output)
  return packets.map(({ _source: { layers } }) => layers)
}

const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** Recordings of many connections in one, without missing bytes, which tshark reports rightly. */
function manyConnections(): RecordingEntry[] {
  const samples = fc.sample(recordings, { numRuns: 60, seed: 7 })
  return samples.flatMap((entries, at) =>
    entries.map((entry): RecordingEntry => {
      const connection = at * 10 + entry.connection
      if (entry.type === 'open') return { ...entry, connection, client: { ...entry.client, port: 20_000 + connection } }
      const { missing: _, ...whole } = entry
      return { ...whole, connection }
    }),
  )
}

describe('tshark', () => {
  const isTested = isTestedWith('tshark')
  beforeEach(({ skip }) => skip(!isTested, 'tshark is not installed: apt-get install tshark'))

  test.each([
    ['a conversation', () => [...CONVERSATION]],
    ['many connections over IPv4 and IPv6, TCP and UDP', manyConnections],
  ])('reads %s without a complaint, with the same bytes, order, ports, times and comments', (_, create) => {
    const entries = create()
    const shown = readByTshark(entries)
    const openings = new Map(entries.flatMap((entry) => (entry.type === 'open' ? [[entry.connection, entry] as const] : [])))
    const sent = entries.filter((entry) => entry.type === 'segment' && entry.bytes.length > 0)
    const expected = sent.map((entry) => {
      if (entry.type !== 'segment') return expect.fail('only segments are left')
      const { transport, ...sides } = openings.get(entry.connection) ?? expect.fail('a segment has an opening')
      const comments = [...(entry.comments ?? []), ...(entry.masked ?? []).map(([from, to]) => `parlor: masked ${from}-${to}`)]
      return [transport, sides[entry.from].port, toHex(entry.bytes), entry.at, comments]
    })
    const seen = shown.flatMap((packet) => {
      const transport = packet['tcp.srcport'] ? 'tcp' : 'udp'
      const [payload] = packet[`${transport}.payload`] ?? []
      const [time = ''] = packet['frame.time_epoch'] ?? []
      const at = Number(time.replace('.', '').slice(0, 16))
      const port = Number(packet[`${transport}.srcport`]?.[0])
      return payload === undefined ? [] : [[transport, port, payload, at, packet['frame.comment'] ?? []]]
    })
    expect(seen).toEqual(expected)
    expect(seen.length).toBeGreaterThan(2)
    for (const packet of shown) {
      const isIpv4 = packet['ip.src'] !== undefined
      const checked = ['ip', 'tcp', 'udp'].flatMap((name) => packet[`${name}.checksum.status`] ?? [])
      expect(checked).toEqual(isIpv4 ? ['1', '1'] : ['1'])
      expect([packet['tcp.analysis.flags'], packet['_ws.malformed']]).toEqual([undefined, undefined])
      const remarks = packet['_ws.expert.message'] ?? []
      expect(remarks.filter((remark) => !REMARK.test(remark) && !packet['frame.comment']?.includes(remark))).toEqual([])
    }
  })

  test('sees no full window in a long stream of one side, and reports missing bytes, and what acknowledges them, alone', () => {
    const long = { ...segment('server', '', 1), bytes: new Uint8Array(500_000) }
    const after = { ...segment('server', 'after\n', 2), missing: 12 }
    const flags = readByTshark([opening, long, after, segment('client', 'ok\n', 3)]).map((packet) => packet['tcp.analysis.flags'])
    expect(flags.length).toBeGreaterThan(20)
    expect(flags.flatMap((flag, at) => (flag ? [at - flags.length] : []))).toEqual([-2, -1])
  })
})
