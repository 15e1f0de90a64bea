import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readRecording, recordingEncoders } from '../../../src/lab/recordings/formats.ts'
import { groupConnections, RecordingError } from '../../../src/lab/recordings/recording.ts'
import { pcap } from './capture-samples.ts'
import { CONVERSATION, opening, segment, text, withoutNumbers } from './samples.ts'

describe('the formats of recordings', () => {
  test.each(Object.entries(recordingEncoders))('%s is written entry by entry, and recognized by its content', (_, newEncoder) => {
    const encoder = newEncoder()
    const file = [encoder.begin(), ...CONVERSATION.map((entry) => encoder.encode(entry).slice())].flatMap((part) => [...part])
    const { entries, warnings } = readRecording(Uint8Array.from(file))
    expect(withoutNumbers(entries)).toEqual(withoutNumbers(CONVERSATION))
    expect(warnings).toEqual([])
  })

  test('a file of a part of a larger buffer is read, too', () => {
    const file = pcap([])
    const larger = new Uint8Array(file.length + 7)
    larger.set(file, 7)
    expect(readRecording(larger.subarray(7))).toEqual({ entries: [], warnings: [] })
  })

  test.each([
    ['an empty file', text(''), 'the file is empty: expected a recording in .pcapng, .pcap or .jsonl'],
    ['another file', text('<html>'), 'the file is not a recording: expected .pcapng, .pcap or .jsonl'],
    ['a compressed file', gzipSync(pcap([])), 'the file is compressed with gzip: unpack it first, with gunzip'],
  ])('%s is refused with a sentence', (_, file, sentence) => {
    expect(() => readRecording(file)).toThrow(new RecordingError(sentence))
  })
})

describe('the connections of a recording', () => {
  test('are grouped in the order of their openings', () => {
    const second = { ...opening, connection: 2 }
    const [one, two] = [segment('client', 'one', 1), { ...segment('client', 'two', 2), connection: 2 }]
    expect(groupConnections([opening, second, two, one])).toEqual([
      { opening, entries: [one] },
      { opening: second, entries: [two] },
    ])
  })

  test('open before their entries, and once', () => {
    expect(() => groupConnections([segment('client', 'x', 1)])).toThrow(new RecordingError('connection 1 has an entry before it opens'))
    expect(() => groupConnections([opening, opening])).toThrow(new RecordingError('connection 1 opens twice'))
  })
})
