import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ReadCopies } from '../../../src/lab/tap/read-copies.ts'

const read = fc.oneof(fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ minLength: 1500, maxLength: 3000 }))

test('copies of reads stay as they are when the memory of the reads is used again, and when further reads are copied', () => {
  fc.assert(
    fc.property(fc.array(read, { minLength: 1, maxLength: 30 }), (reads) => {
      const copies = new ReadCopies()
      const memory = new Uint8Array(4096)
      const copied = reads.map((bytes) => {
        memory.set(bytes)
        const copy = copies.copy(memory.subarray(0, bytes.length))
        memory.fill(0xff)
        return copy
      })
      expect(copied.map((copy) => [...copy])).toEqual(reads.map((bytes) => [...bytes]))
    }),
  )
})

test('a copy of a read into a Buffer does not change with the Buffer', () => {
  const memory = Buffer.alloc(5000, 'a')
  const copies = new ReadCopies()
  const all = [copies.copy(memory.subarray(0, 10)), copies.copy(memory)]
  memory.fill('b')
  expect(all.map((copy) => copy.every((byte) => byte === 0x61))).toEqual([true, true])
})
