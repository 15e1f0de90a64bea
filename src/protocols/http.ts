import { headOf, httpRequests, httpResponses, isRequest } from '../wire/http.ts'
import { type Automaton, client, server } from './automaton.ts'
import type { Options, Program, Protocol } from './protocol.ts'

const PAGE = '<p>example</p>'
const OK = `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${PAGE.length}\r\nConnection: close\r\n\r\n${PAGE}`
const EXPECTED = 'A request is a line such as GET / HTTP/1.1, header lines such as Host: example.com, and an empty line.\n'
const REQUEST = 'GET / HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n\r\n'

const automaton = {
  messages: {
    request: client(REQUEST, {
      example: REQUEST.replace('{host}', 'example.com'),
      accepts: /^.*$/s,
      called: 'an HTTP request',
      about: 'any path and any method will do; what is no request at all is answered too',
    }),
    page: server(OK, { accepts: /^.*$/s, called: 'an HTTP response', about: 'the client shows whatever comes' }),
    refused: server(
      `HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: ${EXPECTED.length}\r\nConnection: close\r\n\r\n${EXPECTED}`,
      { called: 'an HTTP response' },
    ),
  },
  start: 'start',
  states: {
    start: { request: 'requested' },
    requested: { page: 'end', refused: 'end' },
    end: {},
  },
  automatic: { server: true, client: true },
  speaks: 'HTTP',
} as const satisfies Automaton

type Name = keyof typeof automaton.messages

const http: Protocol<Name> = {
  name: 'http',
  title: 'a web request, and its answer',
  automaton,
  framing: () => ({ toServer: httpRequests, toClient: httpResponses }),

  async server(peer, { person }) {
    const { text } = await peer.receive()
    person.say(headOf(text))
    if (!isRequest(text)) peer.note('that is no request of HTTP/1.1 with an empty line behind its head')
    peer.send(isRequest(text) ? 'page' : 'refused')
  },

  async client(peer, { person, options }) {
    peer.send('request', hostOf(options.name ?? peer.connection.transport.remote.host))
    person.say((await peer.receive()).text)
  },
}

/** A name as it stands behind `Host:`; numeric IPv6 addresses stand in brackets there. */
function hostOf(name: string): string {
  return /^[\da-f:.]*:[\da-f:.]*:[\da-f:.]*$/i.test(name) ? `[${name}]` : name
}

function check({ name }: Options): string | undefined {
  return name === undefined || /^[\x21-\x7e]+$/.test(name)
    ? undefined
    : `the name of a host has no blanks and no letters beyond ASCII, unlike ${JSON.stringify(name)}`
}

/** FH slides: "Simulating a HTTP client". */
export const programs: readonly Program<Name>[] = [
  {
    name: 'fh/http',
    source: '003 "Simulating a HTTP client"',
    protocol: http,
    words: undefined,
    port: 8081,
    servePort: 8081,
    takes: ['name'],
    check,
    host: {},
    join: { address: 'example.com', port: 80 },
  },
]
