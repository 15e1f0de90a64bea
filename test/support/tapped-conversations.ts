import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { playSteps, startCapture, type WireStep } from './capture.ts'
import { Parlor } from './process.ts'

/** TappedConversation is a conversation that a tap records while tcpdump captures it. */
interface TappedConversation {
  readonly title: string
  readonly program: string
  readonly steps: readonly WireStep[]
  /** A part of a line that `parlor show` prints of it. */
  readonly shows: string
}

const GUESS = [
  ['server', 'GUESS\n'],
  ['client', '50\n'],
] as const satisfies readonly WireStep[]

/** Conversations over TCP, which the tap numbers from 1. */
export const TCP_CONVERSATIONS: readonly TappedConversation[] = [
  {
    title: 'with glued and cut messages',
    program: 'guess',
    steps: [
      ...GUESS,
      ['server', 'HIGH\nGUESS\n'],
      ['client', '2'],
      ['client', '5\n'],
      ['server', 'WI'],
      ['server', 'N\n'],
      ['server', 'end'],
      ['client', 'end'],
    ],
    shows: 'right "WI¦N\\n", legal',
  },
  {
    title: 'with violations of both sides',
    program: 'tictactoe',
    steps: [
      ['server', 'YOURS O\n'],
      ['client', 'MOVE5\n'],
      ['server', 'MOVE55\n'],
      ['client', 'move 6\n'],
      ['server', 'end'],
      ['client', 'MOVE'],
      ['client', 'end'],
    ],
    shows: 'illegal',
  },
  { title: 'that the client resets', program: 'guess', steps: [...GUESS, ['client', 'reset']], shows: 'client  breaks off' },
  {
    title: 'that the server resets in the middle of a message',
    program: 'guess',
    steps: [...GUESS, ['server', 'HIG'], ['server', 'reset']],
    shows: 'server  cut off, bytes 6 to 9',
  },
  {
    title: 'with a cut inside a character, and a half-close',
    program: 'tjc/chat',
    steps: [
      ['server', 'Καλημέρα\n'],
      ['client', Uint8Array.of(0xce)],
      ['client', Uint8Array.of(0xb1, 0x0a)],
      ['server', Uint8Array.of(0xff, 0xfe, 0x0a)],
      ['server', 'end'],
      ['client', 'שלום\n'],
      ['client', 'end'],
    ],
    shows: 'line "\\xce¦\\xb1\\n"',
  },
  {
    title: 'with a password and refusals',
    program: 'quiz',
    steps: [
      ['client', 'LOGIN ada engine-1843\n'],
      ['server', 'ERROR no such name\n'],
      ['client', 'HELLO\n'],
      ['server', 'ERROR expected LOGIN\n'],
      ['client', 'NAME ada\n'],
      ['server', 'Welcome ada\n'],
      ['client', 'QUIT\n'],
      ['server', 'end'],
      ['client', 'end'],
    ],
    shows: 'LOGIN "LOGIN ada ***',
  },
  {
    title: 'without framing',
    program: 'number',
    steps: [
      ['client', '50'],
      ['server', 'Too big!'],
      ['client', '25'],
      ['server', 'Exactly! '],
      ['server', 'You win!'],
      ['client', 'end'],
      ['server', 'end'],
    ],
    shows: 'exact "Exactly! ¦You win!", legal',
  },
]

/** Conversations over UDP, each with a client of its own. */
export const UDP_CONVERSATIONS: readonly TappedConversation[] = [
  {
    title: 'over UDP',
    program: 'time',
    steps: [
      ['client', '%H:%M'],
      ['server', '13:05'],
      ['client', '%S'],
      ['server', '09'],
    ],
    shows: 'answer "09", legal',
  },
  {
    title: 'over UDP, with a violation',
    program: 'guess',
    steps: [
      ['client', '7'],
      ['server', 'HIHG\n'],
    ],
    shows: 'illegal',
  },
]

/** The files of a run: what `parlor tap` has recorded over TCP and over UDP, and what tcpdump has captured of all. */
export const FILES = { tcp: 'tapped-tcp.jsonl', udp: 'tapped-udp.jsonl', capture: 'tapped.pcap' } as const

/**
 * Plays all conversations through `parlor tap`, which records them, while tcpdump captures both sides of the tap. Writes `FILES` into
 * a folder.
 */
export async function tapConversations(folder: string): Promise<void> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }).listen(0, '127.0.0.1')
  const udpServer = createSocket('udp4').bind(0, '127.0.0.1')
  await Promise.all([once(server, 'listening'), once(udpServer, 'listening')])
  const ports = { tcp: (server.address() as AddressInfo).port, udp: udpServer.address().port }
  await using tap = startTap(ports.tcp, join(folder, FILES.tcp))
  await using udpTap = startTap(ports.udp, join(folder, FILES.udp), '--udp')
  const tapPorts = { tcp: await portOf(tap), udp: await portOf(udpTap) }
  const all = { tcp: [tapPorts.tcp, ports.tcp], udp: [tapPorts.udp, ports.udp] }
  const capture = await startCapture(join(folder, FILES.capture), all, '-i', 'lo')
  for (const { steps } of TCP_CONVERSATIONS) {
    const client = connect({ port: tapPorts.tcp, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    const [accepted]: Socket[] = await once(server, 'connection')
    if (!accepted) throw new TypeError('a server that has a connection has its socket')
    await playSteps({ client, server: accepted }, steps)
    client.destroy()
    accepted.destroy()
  }
  for (const { steps } of UDP_CONVERSATIONS) await playDatagrams(udpServer, tapPorts.udp, steps)
  await capture.stop()
  tap.signal('SIGINT')
  udpTap.signal('SIGINT')
  await Promise.all([tap.exit, udpTap.exit])
  server.close()
  udpServer.close()
}

function startTap(to: number, record: string, ...options: readonly string[]): Parlor {
  // without the name of a program, a tap masks more than the passwords
  return new Parlor(['tap', '--listen', '0', '--to', String(to), '--record', record, '--secrets', ...options])
}

async function portOf(tap: Parlor): Promise<number> {
  await tap.complains(/listening on .*:\d+/)
  return Number(/listening on 127\.0\.0\.1:(\d+)/.exec(tap.errors)?.[1])
}

/** Plays a conversation with a client of its own, in which the client sends the first datagram. */
async function playDatagrams(server: UdpSocket, port: number, steps: readonly WireStep[]): Promise<void> {
  const client = createSocket('udp4')
  let peer = 0
  for (const [side, what] of steps) {
    const received = once(side === 'client' ? server : client, 'message')
    if (side === 'client') client.send(what, port, '127.0.0.1')
    else server.send(what, peer, '127.0.0.1')
    const [, from] = await received
    if (side === 'client') peer = from.port
  }
  client.close()
}
