import { defineAutomaton } from '../protocol/automaton.ts'
import { type Options, type Program, type Protocol, readOption } from '../protocol/definition.ts'
import { client, server } from '../protocol/message-spec.ts'
import type { TextOption } from '../protocol/option.ts'
import { httpRequests, httpResponses, isRequest, parseContentLength, parseHead } from '../wire/framing/http.ts'
import { encode, quoteText } from '../wire/text.ts'

const PAGE = '<p>example</p>'
const OK = `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${PAGE.length}\r\nConnection: close\r\n\r\n${PAGE}`
const EXPECTED = 'A request is a line such as GET / HTTP/1.1, header lines such as Host: example.com, and an empty line.\n'
const REQUEST = 'GET / HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n\r\n'

const automaton = defineAutomaton({
  messages: {
    request: client(REQUEST, {
      example: REQUEST.replace('{host}', 'example.com'),
      accepts: /^.*$/s,
      label: 'an HTTP request',
      about: 'any path and any method; the server also answers a text that is not a request',
    }),
    page: server(OK, { accepts: /^.*$/s, label: 'an HTTP response', about: 'the client shows any text' }),
    refused: server(
      `HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: ${EXPECTED.length}\r\nConnection: close\r\n\r\n${EXPECTED}`,
      { label: 'an HTTP response' },
    ),
  },
  start: 'start',
  states: {
    start: { request: 'requested' },
    requested: { page: 'end', refused: 'end' },
    end: {},
  },
  automatic: { server: true, client: true },
  language: 'HTTP',
})

type Name = keyof typeof automaton.messages
type State = keyof typeof automaton.states

/** Host name in the request. */
const hostName: TextOption<string> = {
  kind: 'text',
  name: 'name',
  metavar: 'name',
  about: 'http: the host of the request',
  side: 'client',
  expected: 'the name of a host',
  parse: (text) => text,
}

const http: Protocol<Name, State> = {
  name: 'http',
  title: 'a web request, and its answer',
  automaton,
  framing: () => ({ toServer: httpRequests, toClient: httpResponses }),

  async server(peer, { console }) {
    const { text } = await peer.receive()
    console.say(parseHead(text))
    const lacking = whyNoRequest(text)
    const wrong = whyBare(text) ?? whyCut(text) ?? whyBadRequest(parseHead(text))
    if (lacking !== undefined) peer.fail(lacking)
    else if (wrong !== undefined) peer.report(wrong)
    peer.send(isRequest(text) ? 'page' : 'refused')
  },

  async client(peer, { console, options, dialed }) {
    peer.send('request', formatHost(readOption(options, hostName) ?? dialed ?? peer.connection.transport.remote.host))
    const { text } = await peer.receive()
    console.say(text)
    const lacking = whyNoResponse(text)
    const cut = whyCut(text)
    const bare = whyBare(text)
    if (lacking !== undefined) peer.fail(lacking)
    else if (bare !== undefined) peer.report(bare)
    if (lacking === undefined && cut !== undefined) peer.fail(cut)
  },
}

/**
 * Explains why other web servers would refuse a request that this server answers; `undefined` for a request that other servers would
 * answer.
 */
function whyBadRequest(head: string): string | undefined {
  const [first = '', ...others] = head.split(/\r?\n/)
  const [method, target = ''] = first.split(' ')
  const fields = others.slice(0, -2)
  const unnamed = fields.find((line) => !/^(?:[^\s:]+:|[ \t]+\S)/.test(line))
  if (unnamed !== undefined)
    return `its header line ${quoteText(unnamed)} has no name and colon, as in "Host: example.com"; web servers refuse it`
  if (!/^(?:\/|\*$|[a-z][\w+.-]*:\/\/)/i.test(target) && method !== 'CONNECT')
    return `the path ${quoteText(target)} does not begin with "/"; web servers refuse it`
  if (first.endsWith('HTTP/1.1') && !fields.some((line) => /^host:/i.test(line)))
    return 'there is no header line "Host: ..." in it, which HTTP/1.1 requires; web servers refuse it'
  return method === 'HEAD' ? 'HEAD requests only a head, but this server also sends its page' : undefined
}

const NO_STATUS = 'it does not begin with a status line, such as "HTTP/1.1 200 OK"'

/** Explains why a text is not a request; `undefined` for a request. */
function whyNoRequest(text: string): string | undefined {
  if (isRequest(text)) return undefined
  const [line = ''] = text.split('\n', 1)
  if (isRequest(`${line}\n\n`)) return whyNoHead(text)
  if (/^HTTP\/\d/.test(line)) return 'that is not a request but a response, which the server sends'
  if (line === text && /^[A-Z]+(?: \S*(?: [HTP/.\d]*)?)?$/.test(text))
    return `its side was closed in the middle of the first line, ${encode(text).length} bytes into it; expected a line such as "GET / HTTP/1.1"`
  const spelling = /^[a-z]+ \S+ http\/\d\.\d\r?$/i.test(line) ? '; write the method and "HTTP" in capitals' : ''
  return `that is not a request of HTTP/1.1: its first line is not a request line, such as "GET / HTTP/1.1"${spelling}`
}

function whyNoResponse(text: string): string | undefined {
  if (/^HTTP\/\d\.\d \d{3}(?: |\r?\n)/.test(text)) return whyNoHead(text)
  return isRequest(text) ? 'that is not a response but a request, which the client sends' : NO_STATUS
}

function whyNoHead(text: string): string | undefined {
  return /\n\r?\n/.test(text) ? undefined : 'there is no empty line (\\r\\n\\r\\n) after its head'
}

/** Reports that lines of a head end in LF alone; many programs accept such lines. Returns `undefined` if no line ends in LF alone. */
function whyBare(text: string): string | undefined {
  return /(?<!\r)\n/.test(parseHead(text))
    ? 'the lines of its head end in \\n; HTTP has \\r\\n, and some programs accept no other line end'
    : undefined
}

/** Reports that a body is shorter than its Content-Length. Returns `undefined` if the body is not shorter. */
function whyCut(text: string): string | undefined {
  const head = parseHead(text)
  const length = parseContentLength(head)
  const arrived = encode(text.slice(head.length)).length
  return length === undefined || arrived >= length ? undefined : `its Content-Length says ${length} bytes, but ${arrived} have arrived`
}

/** Formats a host name for the header line `Host:`, with brackets around an IPv6 address. */
function formatHost(name: string): string {
  return /^[\da-f:.]*:[\da-f:.]*:[\da-f:.]*$/i.test(name) ? `[${name}]` : name
}

function check(options: Options): string | undefined {
  const name = readOption(options, hostName)
  return name === undefined || /^[\x21-\x7e]+$/.test(name)
    ? undefined
    : `the name of a host has no blanks and no letters beyond ASCII, unlike ${JSON.stringify(name)}`
}

/** FH slides: "Simulating a HTTP client". */
export const programs: readonly Program<Name, State>[] = [
  {
    name: 'fh/http',
    source: '003 "Simulating a HTTP client"',
    protocol: http,
    words: undefined,
    port: 8081,
    servePort: 8081,
    takes: [hostName],
    check,
    host: {},
    join: { address: 'example.com', port: 80 },
  },
]
