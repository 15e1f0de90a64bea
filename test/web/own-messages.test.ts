import { expect, test } from 'vitest'
import { OwnMessages } from '../../src/web/connection/own-messages.ts'
import type { SocketEvents } from '../../src/web/connection/socket.ts'
import { toOwnRows } from '../../src/web/model/wire-model.ts'

/** Opens a socket that only notes what it sends, and returns the events with which the server answers. */
function openOwn() {
  let now = 1000
  const own = new OwnMessages(() => now)
  const sent: string[] = []
  let events: SocketEvents | undefined
  const open = own.watch((given) => {
    events = given
    return { send: (text) => void sent.push(text), close() {} }
  })
  const received: string[] = []
  const pass = (ms: number) => {
    now += ms
  }
  const socket = open({ received: (text) => void received.push(text), closed: () => void received.push('closed') })
  return { own, socket, sent, received, events: () => events, open, pass }
}

test('the messages of the page pass unchanged, and are stored with their times and sides', () => {
  const { own, socket, sent, received, events, pass } = openOwn()
  const changes: number[] = []
  const end = own.subscribe(() => void changes.push(own.all.length))
  events()?.received('{"type":"hello","version":1}')
  pass(250)
  socket.send('{"type":"move","id":1,"move":"5"}')
  events()?.closed()
  end()
  expect([sent, received]).toEqual([['{"type":"move","id":1,"move":"5"}'], ['{"type":"hello","version":1}', 'closed']])
  expect(changes).toEqual([1, 2, 3])
  expect(own.all).toEqual([
    { number: 1, at: 0, from: 'server', kind: 'message', text: '{"type":"hello","version":1}' },
    { number: 2, at: 250, from: 'client', kind: 'message', text: '{"type":"move","id":1,"move":"5"}' },
    { number: 3, at: 250, from: 'server', kind: 'end', text: '' },
  ])
  expect(toOwnRows(own.all)).toMatchObject([
    { row: 1, kind: 'message', name: 'hello', hex: expect.stringMatching(/^7b2274797065/) },
    { row: 2, from: 'client', name: 'move' },
    { row: 3, kind: 'end', name: 'closes' },
  ])
})

test('no password and no token is stored, also if it has quotation marks or is at the end of a long message', () => {
  const { own, socket, sent } = openOwn()
  const password = 'a "quoted\\" secret'
  const texts = [
    JSON.stringify({ type: 'password', old: password, password }),
    JSON.stringify({ type: 'resume', token: '5M1PZ8E0GQ7YV3KXT4C9RJ2WHB' }),
    JSON.stringify({ type: 'talk', text: 'x'.repeat(4080), password }),
  ]
  for (const text of texts) socket.send(text)
  expect(sent).toEqual(texts)
  expect(JSON.stringify(own.all)).not.toMatch(/quoted|5M1PZ/)
  expect(own.all[0]?.text).toBe('{"type":"password","old":"***","password":"***"}')
})

test('the page stores the last 300 messages, at most 4,096 characters of each, and those of the present connection alone', () => {
  const { own, socket, open } = openOwn()
  for (let at = 0; at < 1000; at++) socket.send(`{"type":"ping","id":${at}}${' '.repeat(5000)}`)
  expect(own.all).toHaveLength(300)
  expect(own.all.map(({ text }) => text.length)).toEqual(Array.from({ length: 300 }, () => 4096))
  expect(own.all.at(-1)?.text).toContain('"id":999')
  const [row] = toOwnRows(own.all)
  expect([row?.hex?.length, row?.more]).toEqual([1024, 4096 - 512])
  open({ received() {}, closed() {} })
  expect(own.all).toEqual([])
})
