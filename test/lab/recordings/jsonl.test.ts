import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeJsonl, JsonlEncoder, readJsonl } from '../../../src/lab/recordings/jsonl.ts'
import { RecordingError } from '../../../src/lab/recordings/recording.ts'
import { CONVERSATION, opening, recordings, segment, text } from './samples.ts'

const HEADER = '{"type":"recording","version":1}\n'
const OPENING = `${JSON.stringify(opening)}\n`
const SEGMENT = '{"type":"segment","connection":1,"at":5,"from":"client"'

describe('a recording in JSON Lines', () => {
  test('is read as the same entries', () => {
    fc.assert(
      fc.property(recordings, (entries) => {
        expect(readJsonl(encodeJsonl(entries))).toEqual({ entries, warnings: [] })
      }),
      { numRuns: 300 },
    )
  })

  test('shows UTF-8 as text and other bytes as hex, one entry on a line', () => {
    const cut = { ...segment('server', '', 2), bytes: Uint8Array.of(0xc3, 0x0a), masked: [[1, 2]] as const }
    const lines = new TextDecoder().decode(encodeJsonl([opening, segment('client', 'Grüße\n', 1), cut])).split('\n')
    expect(lines).toEqual([
      '{"type":"recording","version":1}',
      '{"type":"open","connection":1,"at":1760000000000000,"transport":"tcp","client":{"host":"127.0.0.1","port":50123},"server":{"host":"127.0.0.1","port":3456}}',
      '{"type":"segment","connection":1,"at":1760000000000001,"from":"client","text":"Grüße\\n"}',
      '{"type":"segment","connection":1,"at":1760000000000002,"from":"server","masked":[[1,2]],"hex":"c30a"}',
      '',
    ])
  })

  test('is the same whether its entries come one by one or all together', () => {
    const encoder = new JsonlEncoder()
    const parts = [encoder.begin(), ...CONVERSATION.map((entry) => encoder.encode(entry).slice())]
    expect(Uint8Array.from(parts.flatMap((part) => [...part]))).toEqual(encodeJsonl(CONVERSATION))
  })

  test('that ends anywhere gives the entries before, and a warning if a line is cut', () => {
    const file = encodeJsonl(CONVERSATION)
    let cut = 0
    for (let length = HEADER.length; length < file.length; length++) {
      const { entries, warnings } = readJsonl(file.subarray(0, length))
      expect(entries).toEqual(CONVERSATION.slice(0, entries.length))
      const isCut = ![0x0a, undefined].includes(file[length - 1]) && file[length] !== 0x0a
      expect(warnings).toEqual(isCut ? [`the recording ends inside line ${entries.length + 2}: its rest is missing`] : [])
      if (isCut) cut++
    }
    expect(cut).toBeGreaterThan(file.length / 2)
  })

  test.each([
    ['without a header', OPENING, 'line 1 is not the header of a recording: expected {"type":"recording","version":1}'],
    ['of another version', HEADER.replace('1', '2'), 'line 1 is not the header of a recording'],
    ['with a line that is not JSON', `${HEADER}${OPENING}{"type":\n`, 'line 3 is not JSON'],
    ['with an entry of an unknown type', `${HEADER}{"type":"move"}\n`, 'line 2 is not an entry of a recording: type: '],
    [
      'with an unknown field',
      `${HEADER}${SEGMENT},"text":"a","color":1}\n`,
      'line 2 is not an entry of a recording: Unrecognized key: "color"',
    ],
    [
      'with a time that is no number',
      `${HEADER}${SEGMENT.replace('5', '"5"')},"text":"a"}\n`,
      'line 2 is not an entry of a recording: at: ',
    ],
    ['with a segment without bytes', `${HEADER}${SEGMENT}}\n`, 'line 2 is not an entry of a recording: expected either text or hex'],
    ['with a segment with both', `${HEADER}${SEGMENT},"text":"a","hex":"61"}\n`, 'expected either text or hex'],
    ['with half a byte', `${HEADER}${SEGMENT},"hex":"616"}\n`, 'line 2 is not an entry of a recording: hex: '],
    [
      'that masks bytes that it does not have',
      `${HEADER}${SEGMENT},"text":"abc","masked":[[2,4]]}\n`,
      'line 2 masks bytes that it does not have',
    ],
    ['with masked ranges that overlap', `${HEADER}${SEGMENT},"text":"abc","masked":[[0,2],[1,3]]}\n`, 'line 2 masks bytes'],
  ])('%s is refused with a sentence', (_, file, sentence) => {
    expect(() => readJsonl(text(file))).toThrow(RecordingError)
    expect(() => readJsonl(text(file))).toThrow(sentence)
  })

  test('that is not UTF-8 is refused with a sentence', () => {
    const file = Uint8Array.from([...text(HEADER), 0xff, 0x0a])
    expect(() => readJsonl(file)).toThrow(new RecordingError('the recording is damaged: it is not UTF-8'))
  })

  test('that is larger than the limits is refused with advice', () => {
    const file = encodeJsonl(CONVERSATION)
    const advice = /^the recording has more than (?:6 entries|100 bytes): take its beginning, such as head -n 100000 FILE/
    expect(() => readJsonl(file, { entries: CONVERSATION.length - 1, bytes: 10_000 })).toThrow(advice)
    expect(() => readJsonl(file, { entries: CONVERSATION.length, bytes: 100 })).toThrow(advice)
    expect(readJsonl(file, { entries: CONVERSATION.length, bytes: file.length }).entries).toHaveLength(CONVERSATION.length)
  })

  test('throws no error except a RecordingError, for any bytes', () => {
    const file = encodeJsonl(CONVERSATION)
    let refused = 0
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.integer({ min: 32, max: 126 })), { minLength: 1, maxLength: 3 }), (changes) => {
        const changed = file.slice()
        for (const [at, value] of changes) changed[at % file.length] = value
        try {
          readJsonl(changed)
        } catch (error) {
          expect(error).toBeInstanceOf(RecordingError)
          refused++
        }
      }),
      { numRuns: 500 },
    )
    expect(refused).toBeGreaterThan(50)
  })
})
