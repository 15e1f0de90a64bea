import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OriginRules } from '../../../src/server/gateway/request-origin.ts'

const peer = (host: string) => ({ remote: { host, port: 4711 }, loopback: host === '127.0.0.1' })
const rules = (proxies: readonly string[]) => new OriginRules({ proxies, origins: [], isSecure: false })
const header = fc.oneof(
  fc.string(),
  fc.ipV4(),
  fc.ipV6(),
  fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()), { maxLength: 5 }).map((all) => all.join(', ')),
)

test('no header of a peer that is no trusted proxy changes its address or its encryption', () => {
  fc.assert(
    fc.property(header, header, (forwarded, protocol) => {
      const origin = rules(['10.0.0.0/8']).resolve(peer('192.0.2.1'), { 'x-forwarded-for': forwarded, 'x-forwarded-proto': protocol })
      expect(origin).toEqual({ remote: { host: '192.0.2.1', port: 4711 }, loopback: false, isSecure: false })
    }),
  )
})

test('a trusted proxy that appends the address of a client names it, after any text of the client', () => {
  fc.assert(
    fc.property(header, fc.constantFrom('192.0.2.1', '2001:db8::7'), (sent, client) => {
      const { remote } = rules(['10.0.0.0/8']).resolve(peer('10.1.2.3'), { 'x-forwarded-for': `${sent}, ${client}` })
      expect(remote.host).toBe(client)
    }),
  )
})

test.each([
  ['10.0.0.1', undefined, '10.0.0.1'],
  ['10.0.0.1', '', '10.0.0.1'],
  ['10.0.0.1', '192.0.2.1, 10.0.0.2', '192.0.2.1'],
  ['10.0.0.1', '1', '10.0.0.1'],
  ['10.0.0.1', '192.0.2.1:5000', '10.0.0.1'],
  ['10.0.0.1', '::ffff:192.0.2.1', '192.0.2.1'],
  ['::ffff:10.0.0.1', '192.0.2.1', '192.0.2.1'],
  ['10.0.0.1', '192.0.2.9, nonsense, 10.0.0.2', '10.0.0.2'],
])('a connection of %s with X-Forwarded-For %j comes from %s', (host, forwarded, expected) => {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }
  expect(rules(['10.0.0.0/8']).resolve(peer(host), headers).remote.host).toBe(expected)
})

test.each(['somewhere', '1', '10.0.0.0/40', ''])('refuses the proxy %j', (proxy) => {
  expect(() => rules([proxy])).toThrow(RangeError)
})
