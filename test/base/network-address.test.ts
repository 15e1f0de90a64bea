import { expect, test } from 'vitest'
import { THIS_MACHINE, toNetwork } from '../../src/base/network-address.ts'

test.each(['127.0.0.1', '127.8.9.1', '::1', '/run/parlor/tjc-guess.sock', 'sockets/tjc-guess.sock', '\\\\.\\pipe\\guess'])(
  '%s is this machine',
  (host) => {
    expect(toNetwork(host)).toBe(THIS_MACHINE)
  },
)

test.each([
  ['192.168.1.20', '192.168.1.20'],
  ['2001:db8:0:1:2:3:4:5', '2001:db8:0:1'],
  ['2001:db8::5', '2001:db8:0:0'],
])('the network of %s is %s', (host, network) => {
  expect(toNetwork(host)).toBe(network)
})
