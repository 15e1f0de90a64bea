import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Parlor } from '../support/process.ts'

function parlor(...args: string[]): Parlor {
  const started = new Parlor(args)
  onTestFinished(() => started[Symbol.asyncDispose]())
  return started
}

/** Returns a port at which no server listens at the moment. */
async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return String(port)
}

/** The peer of Parlor's side: a server that sends the given text, or a client. */
async function server(says: string): Promise<{ port: string; peer: Promise<Socket> }> {
  const listening = createServer((socket) => socket.on('error', () => {}).write(says)).listen(0, '127.0.0.1')
  await once(listening, 'listening')
  onTestFinished(() => void listening.close())
  const peer = once(listening, 'connection').then(([socket]) => socket as Socket)
  return { port: String((listening.address() as AddressInfo).port), peer }
}

/** Connects as soon as a server listens. */
async function client(port: string, says = ''): Promise<Socket> {
  for (;;) {
    const socket = connect(Number(port), '127.0.0.1')
    const connected = await once(socket, 'connect').catch(() => undefined)
    if (!connected) continue
    socket.on('error', () => {}).write(says)
    onTestFinished(() => void socket.destroy())
    return socket
  }
}

/** Returns the bytes that a peer receives until the connection ends, and how it ends. */
async function received(socket: Socket, replies = ''): Promise<{ said: string; end: string }> {
  let said = ''
  socket.on('data', (data) => {
    said += data
    if (replies !== '') socket.end(replies)
  })
  const end = await new Promise<string>((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
    socket.once('end', () => resolve('finished'))
    socket.once('close', () => resolve('finished'))
  })
  socket.end()
  return { said, end }
}

interface Prompt {
  readonly program: string
  readonly side: 'host' | 'join'
  /** The first message of the peer, which leads to the prompt. */
  readonly peer: string
  readonly prompt: RegExp
  /** The peer's answer to a message. */
  readonly replies?: string
  /** The message that Ctrl-D sends to the peer, how the peer sees the end, and the exit code. */
  readonly leaves: readonly [said: string, end: string, code: number]
  /** The same for Ctrl-C. */
  readonly stops: readonly [said: string, end: string]
}

const broken = 'ECONNRESET'
const PROMPTS: readonly Prompt[] = [
  { program: 'tictactoe', side: 'host', peer: '', prompt: /quit\): $/, leaves: ['END\n', 'finished', 0], stops: ['END\n', 'finished'] },
  {
    program: 'tictactoe',
    side: 'join',
    peer: 'MOVE5\n',
    prompt: /quit\): $/,
    leaves: ['END\n', 'finished', 0],
    stops: ['END\n', 'finished'],
  },
  {
    program: 'tjc/tictactoe-alternative',
    side: 'join',
    peer: '',
    prompt: /quit\): $/,
    leaves: ['END\n', 'finished', 0],
    stops: ['END\n', 'finished'],
  },
  { program: 'guess', side: 'join', peer: 'GUESS\n', prompt: /100\): $/, leaves: ['', 'finished', 1], stops: ['', broken] },
  { program: 'highlow', side: 'join', peer: 'GUESS\n', prompt: /100\): $/, leaves: ['', 'finished', 1], stops: ['', broken] },
  { program: 'c8/chat', side: 'host', peer: '', prompt: /message: $/, leaves: ['', broken, 1], stops: ['', broken] },
  { program: 'c8/chat', side: 'join', peer: 'hi\n', prompt: /message: $/, leaves: ['', broken, 1], stops: ['', broken] },
  {
    program: 'tjc/chat-quit',
    side: 'host',
    peer: '',
    prompt: /SERVER: $/,
    leaves: ['quit\n', 'finished', 0],
    stops: ['quit\n', 'finished'],
  },
  {
    program: 'c8/chat-bye',
    side: 'join',
    peer: 'hi\n',
    prompt: /message: $/,
    leaves: ['BYE\n', 'finished', 0],
    stops: ['BYE\n', 'finished'],
  },
  {
    program: 'headtail',
    side: 'join',
    peer: 'I will toss a coin, guess if it is a head (H) or tail (T) : ',
    prompt: /\(T\) : $/,
    replies: 'Thanks for playing the game. Bye!\n',
    leaves: ['Q\n', 'finished', 0],
    stops: ['Q\n', 'finished'],
  },
  { program: 'number', side: 'join', peer: '', prompt: /guess: $/, leaves: ['', 'finished', 0], stops: ['', broken] },
  {
    program: 'scissors',
    side: 'host',
    peer: '',
    prompt: /Stone : $/,
    leaves: ['CHOOSE\nQUIT\n', 'finished', 0],
    stops: ['CHOOSE\nQUIT\n', 'finished'],
  },
  {
    program: 'scissors',
    side: 'join',
    peer: 'CHOOSE\n',
    prompt: /Stone : $/,
    leaves: ['QUIT\n', 'finished', 0],
    stops: ['QUIT\n', 'finished'],
  },
  { program: 'talk', side: 'host', peer: 'hello\n', prompt: />$/, leaves: ['/q\n', 'finished', 0], stops: ['/q\n', 'finished'] },
  { program: 'talk', side: 'join', peer: '', prompt: />$/, leaves: ['/q\n', 'finished', 0], stops: ['/q\n', 'finished'] },
  { program: 'time', side: 'join', peer: '', prompt: /Format: $/, leaves: ['', 'finished', 0], stops: ['', broken] },
  { program: 'tjc/robot', side: 'join', peer: '', prompt: /: ?$/, leaves: ['END\n', 'finished', 0], stops: ['END\n', 'finished'] },
  {
    program: 'hangman',
    side: 'join',
    peer: 'WORD 5 8\n',
    prompt: /: ?$/,
    leaves: ['START\nQUIT\n', 'finished', 0],
    stops: ['START\nQUIT\n', 'finished'],
  },
]

describe('the end at a prompt', () => {
  const start = async ({ program, side, peer, prompt, replies }: Prompt) => {
    if (side === 'host') {
      const port = await freePort()
      const ours = parlor('host', program, '--host', '127.0.0.1', '--port', port)
      const socket = await client(port, peer)
      const news = received(socket, replies)
      await ours.shows(prompt)
      return { ours, socket, news }
    }
    const { port, peer: arrives } = await server(peer)
    const ours = parlor('join', program, '127.0.0.1', port)
    const socket = await arrives
    const news = received(socket, replies)
    await ours.shows(prompt)
    return { ours, socket, news }
  }

  test.each(PROMPTS)('$side $program: Ctrl-D', async (prompt) => {
    const { ours, news } = await start(prompt)
    const [said, end, code] = prompt.leaves
    ours.end()
    expect(await news).toEqual({ said, end })
    expect(await ours.exit).toBe(code)
    expect(ours.errors).toMatch(code === 0 ? /^$/ : /^parlor: the input ended \(Ctrl-D\)[^\n]+\n$/)
  })

  test.each(PROMPTS)('$side $program: Ctrl-C', async (prompt) => {
    const { ours, news } = await start(prompt)
    const [said, end] = prompt.stops
    ours.signal('SIGINT')
    expect(await news).toEqual({ said, end })
    expect(await ours.exit).toBe(130)
    expect(ours.errors).toBe('')
  })

  test.each(PROMPTS)('$side $program: the peer closes, and breaks off', async (prompt) => {
    for (const way of ['destroy', 'resetAndDestroy'] as const) {
      const { ours, socket } = await start(prompt)
      socket[way]()
      expect(await ours.exit).toBe(1)
      expect(ours.errors).toMatch(/^parlor: the (client|server) (closed the connection|broke the connection off \(ECONNRESET\)); [^\n]+\n$/)
    }
  })
})

describe('the time before the conversation', () => {
  test('accepts Ctrl-C and Ctrl-D without a client, and at the questions', async () => {
    const host = parlor('host', 'highlow', '--port', '0')
    await host.shows(/server\.\n/)
    host.signal('SIGINT')
    expect(await host.exit).toBe(130)
    const asking = parlor('join', 'hello')
    await asking.shows(/server: $/)
    asking.signal('SIGINT')
    expect(await asking.exit).toBe(130)
    const ended = parlor('join', 'hello')
    ended.end()
    expect(await ended.exit).toBe(1)
    expect(ended.errors).toMatch(/^parlor: the input ended/)
  })

  test('join waits for a server that starts later', async () => {
    const port = await freePort()
    const join = parlor('join', 'hello', '127.0.0.1', port, '--wait', '20s')
    const host = parlor('host', 'hello', '--port', port)
    expect(await join.exit).toBe(0)
    expect(await host.exit).toBe(0)
    expect(join.output).toBe("b'Hello from server\\n'\n")
  })

  test('join understands an address and its port in one', async () => {
    const { port } = await server('Hello from server\n')
    const join = parlor('join', 'hello', `127.0.0.1:${port}`)
    expect(await join.exit).toBe(0)
    expect(join.output).toBe("b'Hello from server\\n'\n")
    const wrong = parlor('join', 'hello', '127.0.0.1:99999')
    expect(await wrong.exit).toBe(2)
    expect(wrong.errors).toMatch(/whole number from 1 to 65535/)
  })

  test('host --timeout ends without a client, or without an answer', async () => {
    const alone = parlor('host', 'guess', '--port', '0', '--timeout', '100ms')
    expect(await alone.exit).toBe(1)
    expect(alone.errors).toBe('parlor: no client connected within 0.1 s\n')
    const port = await freePort()
    const host = parlor('host', 'guess', '--port', port, '--timeout', '300ms')
    await client(port)
    expect(await host.exit).toBe(1)
    expect(host.errors).toMatch(/^parlor: the client sent nothing for 0\.3 s; expected a number/)
    const ofTwo = await freePort()
    const two = parlor('host', 'c8/two-clients', '--port', ofTwo, '--timeout', '2s')
    ;(await client(ofTwo)).end()
    expect(await two.exit).toBe(1)
    expect(two.errors).toBe('parlor: no client connected within 2 s\n')
  })
})

describe('output to a closed pipe', () => {
  test('ends the program with a sentence', async () => {
    const port = await freePort()
    const host = parlor('host', 'c8/iterative', '--port', port)
    await host.shows(/server\.\n/)
    host.ignore('stdout')
    await client(port)
    expect(await host.exit).toBe(1)
    expect(host.errors).toBe('parlor: the reader of standard output has closed it\n')
  })
})

describe('text from a peer', () => {
  test('never brings control characters to the terminal', async () => {
    const { port } = await server('\u001b[2Jred\u0007\u009b31m\u0000 and\ta tab\r\n')
    const join = parlor('join', 'c8/chat', '127.0.0.1', port)
    await join.shows(/message: $/)
    expect(join.output).toContain('Server wrote: \\x1b[2Jred\\x07\\x9b31m\\x00 and\ta tab')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point
    expect(join.output).not.toMatch(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/)
  })

  test.each([
    ['tictactoe', 'MOVEx\n', /the server sent "MOVEx".*expected something like "MOVE5", or "END" to stop/],
    ['tictactoe', 'MOVE10\n', /MOVE10.*cells go from 1 to 9/],
    ['guess', 'HELLO\n', /the server sent "HELLO".*expected "GUESS"/],
    ['guess', `${'x'.repeat(5000)}\n`, /4096 bytes/],
    ['number', 'Too tiny!', /the server sent "Too tiny!"/],
  ])('join %s: names %j, and ends with 1', async (program, said, sentence) => {
    const { port } = await server(said)
    const join = parlor('join', program, '127.0.0.1', port)
    if (program === 'number') join.type('50')
    expect(await join.exit).toBe(1)
    expect(join.errors).toMatch(sentence)
    expect(join.errors).toMatch(/^parlor: [^\n]+\n$/)
  })
})

describe('unfinished messages', () => {
  test('appear on the host’s standard error after two seconds, at the timeout and at Ctrl-C', async () => {
    const port = await freePort()
    const patient = parlor('host', 'guess', '--port', port)
    await client(port, '50')
    await patient.complains(/\n/)
    expect(patient.errors).toBe('parlor: the client has sent "50" and no line end (\\n) for 2 s\n')
    patient.signal('SIGINT')
    expect(await patient.exit).toBe(130)
    expect(patient.errors).toMatch(/^[^\n]+\n$/)
    const other = await freePort()
    const short = parlor('host', 'guess', '--port', other, '--timeout', '300ms')
    await client(other, '50')
    expect(await short.exit).toBe(1)
    expect(short.errors).toBe('parlor: the client has sent "50" and no line end (\\n) for 0.3 s; expected a number (such as "50")\n')
  })

  test('appear on the standard error of join at Ctrl-C, too', async () => {
    const { port } = await server('GUES')
    const join = parlor('join', 'guess', '127.0.0.1', port, '--timeout', '20s')
    await join.complains(/\n/)
    expect(join.errors).toBe('parlor: the server has sent "GUES" and no line end (\\n) for 2 s\n')
    join.signal('SIGINT')
    expect(await join.exit).toBe(130)
  })
})
