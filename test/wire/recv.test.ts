import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { recvOnce } from '../../src/wire/framing/recv.ts'
import { decode } from '../../src/wire/text.ts'

describe('recv framing', () => {
  test('the bytes of one read are a message, without a wait', () => {
    const decoder = recvOnce(1024, 'bytes').decoder()
    expect(decoder.next()).toBeUndefined()
    decoder.push(new TextEncoder().encode('Hello fr'))
    expect(decoder.next()).toBe('Hello fr')
    expect(decoder.next()).toBeUndefined()
  })

  test('returns at most the requested number of bytes, never none, and all of them in the end', () => {
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

  test('does not wait for the rest of a split character', () => {
    const decoder = recvOnce(2).decoder()
    decoder.push(new TextEncoder().encode('aé'))
    expect([decoder.next(), decoder.next()]).toEqual(['a\ufffd', '\ufffd'])
  })

  test('sends text unchanged', () => {
    expect(recvOnce().encode('Hello\n')).toEqual(new TextEncoder().encode('Hello\n'))
  })
})
