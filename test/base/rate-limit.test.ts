import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RateLimiter, TokenBucket } from '../../src/base/rate-limit.ts'

/** Returns the bytes in use on the heap after a garbage collection. */
function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

describe('a token bucket', () => {
  test('allows a burst, then one after the other', () => {
    const bucket = new TokenBucket({ burst: 3, refill: 100 })
    expect([0, 0, 0, 0, 0].map((now) => bucket.take(now))).toEqual([0, 0, 0, 100, 100])
    expect([60, 100, 100, 150, 199, 200].map((now) => bucket.take(now))).toEqual([40, 0, 100, 50, 1, 0])
  })

  test('has the full burst after a long pause, and not more', () => {
    const bucket = new TokenBucket({ burst: 2, refill: 100 })
    for (const now of [0, 0, 1_000_000]) expect(bucket.take(now)).toBe(0)
    expect(bucket.take(1_000_000)).toBe(0)
    expect(bucket.take(1_000_000)).toBe(100)
  })

  test('waits at most as long as an empty bucket if the clock is set back', () => {
    const bucket = new TokenBucket({ burst: 2, refill: 100 })
    expect(bucket.take(1_000_000)).toBe(0)
    expect(bucket.take(500)).toBe(100)
    expect(bucket.take(550)).toBe(50)
    expect(bucket.take(600)).toBe(0)
  })
})

const rate = fc.record({ burst: fc.integer({ min: 1, max: 20 }), refill: fc.integer({ min: 1, max: 5000 }) })
const steps = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3000 })), { minLength: 1, maxLength: 100 })

/** Returns the times after the given steps, from some day in 2026. */
function timesOf(between: readonly number[]): number[] {
  let now = 1_800_000_000_000
  return between.map((ms) => (now += ms))
}

describe('properties of token buckets', () => {
  test('the wait is known without taking a token', () => {
    fc.assert(
      fc.property(rate, steps, (one, between) => {
        const [bucket, throttle] = [new TokenBucket(one), new RateLimiter(one)]
        for (const now of timesOf(between)) {
          const waits = [bucket.wait(now), bucket.wait(now), throttle.wait('ada', now)]
          const wait = bucket.take(now)
          throttle.take('ada', now)
          expect(waits).toEqual([wait, wait, wait])
        }
      }),
    )
    expect(new RateLimiter({ burst: 1, refill: 1 }).wait('nobody', 0)).toBe(0)
  })

  test('between any two moments it grants at most the burst and the refilled tokens', () => {
    fc.assert(
      fc.property(rate, steps, ({ burst, refill }, between) => {
        const bucket = new TokenBucket({ burst, refill })
        const allowed = timesOf(between).filter((now) => bucket.take(now) === 0)
        for (const [from, start] of allowed.entries())
          for (const [count, end] of allowed.slice(from).entries()) expect(count + 1).toBeLessThanOrEqual(burst + (end - start) / refill)
      }),
    )
  })

  test('a caller that waits the returned time is granted, and no caller sooner', () => {
    fc.assert(
      fc.property(rate, steps, (rate, between) => {
        const bucket = new TokenBucket(rate)
        for (const now of timesOf(between)) {
          const wait = bucket.take(now)
          if (wait === 0) continue
          expect(bucket.take(now + wait - 1)).toBe(1)
          expect(bucket.take(now + wait)).toBe(0)
          break
        }
      }),
    )
  })

  test('a caller within the rate never waits', () => {
    fc.assert(
      fc.property(rate, steps, (rate, between) => {
        const bucket = new TokenBucket(rate)
        for (const now of timesOf(between.map((ms) => ms + rate.refill))) expect(bucket.take(now)).toBe(0)
      }),
    )
  })
})

describe('a rate limiter', () => {
  test('limits keys separately', () => {
    const throttle = new RateLimiter({ burst: 1, refill: 100 })
    expect(['ada', 'ada', 'bob'].map((key) => throttle.take(key, 0))).toEqual([0, 100, 0])
  })

  test('grants returned tokens again, and no other tokens', () => {
    const throttle = new RateLimiter({ burst: 2, refill: 100 })
    for (const _ of [1, 2]) throttle.take('ada', 0)
    throttle.giveBack('ada')
    throttle.giveBack('bob')
    expect([throttle.take('ada', 0), throttle.take('ada', 0)]).toEqual([0, 100])
  })

  test('drops full buckets if there are too many keys, which changes no answer', () => {
    const throttle = new RateLimiter({ burst: 5, refill: 100, keys: 100 })
    for (let key = 0; key < 100; key++) throttle.take(String(key), 0)
    expect(throttle.size).toBe(100)
    throttle.take('late', 100)
    expect(throttle.size).toBe(1)
  })

  test('does not drop the bucket of an attacked name for unused names', () => {
    const throttle = new RateLimiter({ burst: 5, refill: 60_000, keys: 100 })
    for (let guess = 0; guess < 5; guess++) expect(throttle.take('ada', 0)).toBe(0)
    for (let key = 0; key < 10_000; key++) throttle.take(`other${key}`, key % 1000)
    expect(throttle.take('ada', 1000)).toBe(59_000)
  })

  test('uses 256 characters of a key, and retains no more, nor the text of which the key was a part', () => {
    const throttle = new RateLimiter({ burst: 1, refill: 100 })
    expect(throttle.take('x'.repeat(256), 0)).toBe(0)
    expect(throttle.take('x'.repeat(100_000), 0)).toBe(100)
    const before = heapAfterCollection()
    for (let key = 0; key < 2000; key++) {
      const line = `login somebody-number-${key} ${'x'.repeat(50_000)}`
      throttle.take(Array.from(line.split(' '))[1] ?? '', 0)
    }
    for (let key = 0; key < 2000; key++) throttle.take(`${key}${'y'.repeat(50_000)}`, 0)
    expect(throttle.size).toBe(4001)
    expect(heapAfterCollection() - before).toBeLessThan(20_000_000)
  })

  test('never stores more keys than its limit', () => {
    const act = fc.tuple(fc.nat(30), fc.nat(200))
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.array(act, { maxLength: 200 }), (keys, acts) => {
        const throttle = new RateLimiter({ burst: 2, refill: 100, keys })
        const times = timesOf(acts.map(([, ms]) => ms))
        for (const [at, [key]] of acts.entries()) {
          throttle.take(String(key), times[at] ?? Number.NaN)
          expect(throttle.size).toBeLessThanOrEqual(keys)
        }
      }),
    )
  })

  test('gives each key a bucket of its own as long as there is room', () => {
    const act = fc.tuple(fc.nat(5), fc.nat(200))
    fc.assert(
      fc.property(rate, fc.array(act, { maxLength: 100 }), (rate, acts) => {
        const throttle = new RateLimiter({ ...rate, keys: 6 })
        const buckets = Array.from({ length: 6 }, () => new TokenBucket(rate))
        const times = timesOf(acts.map(([, ms]) => ms))
        for (const [at, [key]] of acts.entries()) {
          const now = times[at] ?? Number.NaN
          expect(throttle.take(String(key), now)).toBe(buckets[key]?.take(now))
        }
      }),
    )
  })
})
