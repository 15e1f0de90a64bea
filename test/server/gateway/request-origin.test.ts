import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OriginRules } from '../../../src/server/gateway/request-origin.ts'

const peer = (host: string) => ({ remote: { host, port: 4711 }, loopback: host === '127.0.0.1' })
const rules = (proxies: readonly string[], more = {}) =>
  new OriginRules({ proxies, origins: [], hosts: ['school.example', 'Lab-PC'], isSecure: false, ...more })
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
  ['10.0.0.1', '[2001:db8::7]', '10.0.0.1'],
  ['10.0.0.1', '2001:db8::7', '2001:db8::7'],
  ['10.0.0.1', '2001:db8::7%eth0', '10.0.0.1'],
  ['10.0.0.1', '192.0.2.1, 0x0a000002', '10.0.0.1'],
  ['10.0.0.1', '127.0.0.1\n192.0.2.1', '10.0.0.1'],
  ['10.0.0.1', 'for=192.0.2.1', '10.0.0.1'],
  ['10.0.0.1', '192.0.2.9, nonsense, 10.0.0.2', '10.0.0.2'],
])('a connection of %s with X-Forwarded-For %j comes from %s', (host, forwarded, expected) => {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }
  expect(rules(['10.0.0.0/8']).resolve(peer(host), headers).remote.host).toBe(expected)
})

test.each([
  ['192.0.2.1', '192.0.2.1', false],
  ['127.0.0.1', '127.0.0.1', true],
  // the connection of a program or a browser on this machine, beside the proxy
  [undefined, '127.0.0.1', true],
  // the form of some proxies, which is not an address
  ['192.0.2.1:5000', '127.0.0.1', false],
  ['127.0.0.1:5000', '127.0.0.1', false],
  ['unknown', '127.0.0.1', false],
])('a client that a proxy on this machine names %j has the address %s, and is on this machine: %j', (forwarded, host, loopback) => {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }
  const origin = rules(['127.0.0.1']).resolve(peer('127.0.0.1'), headers)
  expect([origin.remote.host, origin.loopback]).toEqual([host, loopback])
})

test.each([
  ['127.0.0.1', true],
  ['192.0.2.7:8080', true],
  ['[::1]:8080', true],
  ['[2001:db8::7]', true],
  ['localhost:8080', true],
  ['LOCALHOST', true],
  ['school.example:8080', true],
  ['lab-pc', true],
  // a request without the header is not from a browser
  [undefined, true],
  ['evil.example', false],
  ['evil.example:8080', false],
  ['localhost.evil.example', false],
  ['school.example.', false],
  ['127.0.0.1.evil.example', false],
  ['127.0.0.1@evil.example', false],
  ['evil.example@127.0.0.1', false],
  ['[::1].evil.example', false],
  ['[evil.example]', false],
  ['[::1', false],
  // the forms that a browser never sends
  ['2130706433', false],
  ['0x7f.1', false],
  ['127.1', false],
  ['127.0.0.1:8080:80', false],
  ['127.0.0.1:', false],
  ['127.0.0.1, evil.example', false],
  [' ', false],
  ['', false],
])('the host %j belongs to this server: %j', (host, expected) => {
  expect(rules([]).isHost({ host })).toBe(expected)
  expect(rules(['127.0.0.1']).isHost({ host, 'x-forwarded-host': 'localhost' })).toBe(expected)
})

test('over TLS, the certificate names the host, and the rules name no host', () => {
  expect(rules([], { isSecure: true }).isHost({ host: 'other.example' })).toBe(true)
})

test.each(['somewhere', '1', '10.0.0.0/40', ''])('refuses the proxy %j', (proxy) => {
  expect(() => rules([proxy])).toThrow(RangeError)
})
