import { z } from 'zod'

/*
 * The messages between the page and the server about the wire: the bytes and messages of connections. The server sends rows; each row
 * is an arrow of a sequence diagram or a note without an arrow. Times count from the opening of the connection, in milliseconds.
 */

const side = z.enum(['client', 'server'])
const count = z.int().min(0)

/** A read, or a write, that has brought a part of a message. */
const Piece = z.strictObject({
  /** Number of the read or write; the reads and writes of both sides are numbered together, from 1. */
  number: count,
  at: z.number(),
  /** Number of bytes of the message in this read or write; missing if the message is hidden. */
  size: count.exactOptional(),
})

const Note = z.strictObject({ text: z.string(), tone: z.enum(['illegal', 'odd', 'plain']) })

const Row = z.strictObject({
  /** Number of the row in its view, from 1. */
  row: count,
  at: z.number(),
  from: side,
  /** `broken` for an unfinished message and for a reset. */
  kind: z.enum(['message', 'end', 'broken', 'note']),
  /** Number of the message. */
  number: count.exactOptional(),
  /** Name of the message in the protocol, or of the event. */
  name: z.string(),
  /** The message in quotation marks. */
  text: z.string(),
  /** The bytes in hexadecimal; missing if they are hidden. */
  hex: z.string().exactOptional(),
  /** Number of bytes that `hex` leaves out. */
  more: count.exactOptional(),
  /** Index of the first wrong byte in `hex`. */
  wrong: count.exactOptional(),
  pieces: z.array(Piece),
  marks: z.array(z.enum(['cut', 'glued'])),
  /** State before and after; empty if they are hidden. */
  before: z.string(),
  after: z.string(),
  notes: z.array(Note),
  /** Code of the likely cause of a mistake, as `parlor check` names it. */
  cause: z.string().exactOptional(),
})
/** WireRow is an arrow of the diagram, or a note. */
export type WireRow = z.infer<typeof Row>

const Connection = z.strictObject({
  connection: count,
  program: z.string(),
  host: z.string(),
  port: count,
  transport: z.enum(['tcp', 'tls', 'unix', 'udp']),
  /** Time of the opening, in milliseconds since the Unix epoch. */
  openedAt: z.number(),
  isOpen: z.boolean(),
  /** True if the program has refused a message of the client, or has ended the conversation early. */
  isBad: z.boolean(),
  /** The desk of the client, for the operator of a class. */
  desk: z.string().exactOptional(),
})
/** WireConnection is a connection that a page may see. */
export type WireConnection = z.infer<typeof Connection>

const Legal = z.strictObject({ name: z.string(), from: side, text: z.string() })
/** LegalMessage is a message that a side may send in a state. */
export type LegalMessage = z.infer<typeof Legal>

/** The formats of an export. */
const format = z.enum(['pcapng', 'html'])

/** WireToPage is a message of the server. */
export const WireToPage = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('connections'),
    connections: z.array(Connection),
    /** The right by which the page sees the connections: its own address, an address of a code, or the operator's right. */
    right: z.enum(['machine', 'address', 'code', 'operator', 'none']),
    /** A sentence on the connections that the page may not see. */
    why: z.string().exactOptional(),
    /** The programs of the server with their ports. */
    programs: z.array(z.strictObject({ program: z.string(), port: count })),
  }),
  z.strictObject({
    type: z.literal('watching'),
    connection: Connection,
    /** Port of the server. */
    serverPort: count,
    /** State at the beginning. */
    start: z.string(),
    /** The messages that are legal in each state. */
    legal: z.record(z.string(), z.array(Legal)),
  }),
  z.strictObject({
    type: z.literal('rows'),
    connection: count,
    /** True if the rows are the first rows, or replace all earlier rows. */
    isAnew: z.boolean(),
    rows: z.array(Row),
    /** The present state; empty if it is hidden. */
    state: z.string(),
    /** The side that may send now. */
    turn: z.enum(['client', 'server', 'either', 'none']),
    isOpen: z.boolean(),
    /** True if the messages are hidden until the game is over. */
    isHidden: z.boolean(),
    /** Milliseconds since the last byte of either side. */
    quiet: z.number(),
  }),
  z.strictObject({
    type: z.literal('ticket'),
    /**
     * After a reload, the page sends this ticket in place of the code, to get the right of the code again. The ticket is empty if the page
     * has to forget it.
     */
    ticket: z.string(),
  }),
  z.strictObject({ type: z.literal('file'), name: z.string(), format, /** The file in Base64. */ data: z.string() }),
  z.strictObject({ type: z.literal('refused'), code: z.string(), message: z.string() }),
])
export type WireToPage = z.infer<typeof WireToPage>

/** WireFromPage is a message of the page. */
export const WireFromPage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('watch'), connection: count }),
  z.strictObject({ type: z.literal('code'), code: z.string().max(64) }),
  z.strictObject({ type: z.literal('ticket'), ticket: z.string().max(64) }),
  z.strictObject({ type: z.literal('export'), format }),
])
export type WireFromPage = z.infer<typeof WireFromPage>
