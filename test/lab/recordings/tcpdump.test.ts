import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readRecording } from '../../../src/lab/recordings/formats.ts'
import { groupConnections } from '../../../src/lab/recordings/recording.ts'
import { canCapture, captureConversation, WRITES } from '../../support/capture.ts'
import { folder } from '../../support/folders.ts'

const CAPTURES = join(import.meta.dirname, '../../fixtures/captures')

/** Reads a capture of the conversation; returns its sides, and what each side wrote and when it ended. */
function read(file: string) {
  const { entries, warnings } = readRecording(readFileSync(file))
  const [conversation, last] = groupConnections(entries)
  const decoder = new TextDecoder()
  return {
    warnings,
    opening: conversation?.opening,
    said: conversation?.entries.map((entry) => [entry.from, entry.type === 'end' ? 'end' : decoder.decode(entry.bytes)]),
    ends: conversation?.entries.flatMap((entry) => (entry.type === 'end' ? entry.how : [])),
    times: conversation?.entries.map(({ at }) => at) ?? [],
    transports: [conversation?.opening.transport, last?.opening.transport],
  }
}

describe('a capture by tcpdump', () => {
  test.each(['loopback.pcap', 'cooked.pcap', 'commented.pcapng'])('in the file %s shows each write as a segment, and both ends', (name) => {
    const { warnings, opening, said, ends, times, transports } = read(join(CAPTURES, name))
    expect(said).toEqual(WRITES)
    expect([ends, warnings, transports]).toEqual([['fin', 'fin'], [], ['tcp', 'udp']])
    expect([opening?.client.host, opening?.server.host]).toEqual(['127.0.0.1', '127.0.0.1'])
    expect(times).toEqual(times.toSorted((one, other) => one - other))
    expect(new Date((times[0] ?? 0) / 1000).getUTCFullYear()).toBe(2026)
  })

  test('that Wireshark has saved as pcapng has its times, and the comments of its packets', () => {
    const [captured, saved] = ['cooked.pcap', 'commented.pcapng'].map((name) => readRecording(readFileSync(join(CAPTURES, name))).entries)
    const [, first] = saved ?? []
    expect(first?.comments).toEqual(['the first question'])
    expect(saved?.map(({ comments: _, ...entry }) => entry)).toEqual(captured)
  })

  // where it is skipped, the files above stand in
  test('of a conversation on this machine shows each write as a segment, with its ports', async ({ skip }) => {
    skip(!canCapture, 'needs Linux, root and tcpdump: apt-get install tcpdump')
    const file = join(folder(), 'loopback.pcap')
    const ports = await captureConversation(file, '-i', 'lo')
    const { warnings, opening, said } = read(file)
    expect(said).toEqual(WRITES)
    expect([opening?.client.port, opening?.server.port, warnings]).toEqual([ports.client, ports.server, []])
  })
})
