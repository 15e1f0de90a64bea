import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { recvOnce } from '../../src/wire/framing/recv.ts'
import { decode } from '../../src/wire/text.ts'

describe('pieces', () => {
  test('what has arrived is a message, and nothing is waited for', () => {
    const decoder = recvOnce(1024, 'bytes').decoder()
    expect(decoder.next()).toBeUndefined()
    decoder.push(new TextEncoder().encode('Hello fr'))
    expect(decoder.next()).toBe('Hello fr')
    expect(decoder.next()).toBeUndefined()
  })

  test('as many bytes as asked for at most, never none, and all of them in the end', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), fc.integer({ min: 1, max: 16 }), (segments, size) => {
        const decoder = recvOnce(size, 'bytes').decoder()
        const sent = segments.map((segment) => decode(segment, 'bytes')).join('')
        let got = ''
        for (const segment of segments) {
          decoder.push(segment)
          for (let piece = decoder.next(); typeof piece === 'string'; piece = decoder.next()) {
            expect(piece.length).toBeGreaterThan(0)
            expect(piece.length).toBeLessThanOrEqual(size)
            got += piece
          }
          expect(decoder.pending).toBe(0)
        }
        expect(got).toBe(sent)
      }),
    )
  })

  test('half a character at the border is not waited for either', () => {
    const decoder = recvOnce(2).decoder()
    decoder.push(new TextEncoder().encode('aé'))
    expect([decoder.next(), decoder.next()]).toEqual(['a\ufffd', '\ufffd'])
  })

  test('text goes out as it is', () => {
    expect(recvOnce().encode('Hello\n')).toEqual(new TextEncoder().encode('Hello\n'))
  })
})
