import { expect, test } from 'vitest'
import { FairConnections } from '../../../src/server/gateway/fair-connections.ts'

const names = (connections: FairConnections<string>) => [...connections.values()].map(({ connection }) => connection)

/** Adds connections in turn, each named by its host and its number, and deletes each excess. */
function fill(connections: FairConnections<string>, hosts: readonly string[]): string[] {
  const closed: string[] = []
  for (const [at, host] of hosts.entries()) {
    connections.add(`${host} ${at}`, host)
    const { excess } = connections
    if (!excess) continue
    connections.delete(excess)
    closed.push(excess.connection)
  }
  return closed
}

test('the connection that is too many is the oldest of the network that has the most', () => {
  const connections = new FairConnections<string>(4)
  expect(fill(connections, ['192.0.2.1', '192.0.2.2', '192.0.2.2', '192.0.2.2', '192.0.2.2', '192.0.2.2'])).toEqual([
    '192.0.2.2 1',
    '192.0.2.2 2',
  ])
  expect(names(connections)).toEqual(['192.0.2.1 0', '192.0.2.2 3', '192.0.2.2 4', '192.0.2.2 5'])
})

test('the connection that is too many of one network is the oldest', () => {
  const connections = new FairConnections<string>(2)
  expect(fill(connections, ['::1', '::1', '::1'])).toEqual(['::1 0'])
  expect(connections.size).toBe(2)
})

test('a connection that is deleted twice counts once', () => {
  const connections = new FairConnections<string>(1)
  const first = connections.add('a', '192.0.2.1')
  connections.add('b', '192.0.2.1')
  connections.delete(first)
  connections.delete(first)
  expect([connections.size, connections.excess]).toEqual([1, undefined])
  connections.add('c', '192.0.2.3')
  expect(connections.excess?.connection).toBe('b')
})
