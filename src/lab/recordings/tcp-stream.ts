/*
 * A capture shows packets, and a recording shows bytes in their order. TcpStream puts the packets of one side of a connection in
 * order. The problem is that a packet can be late, sent again, sent again with other boundaries, or missing in the capture although
 * the receiver has it. For a packet of the last kind, the stream would wait forever.
 *
 * The stream knows the sequence number of the next byte. If a packet begins at that number or before it, the stream delivers the new bytes
 * of the packet. If a packet begins later, the stream holds the packet, and waits for the bytes before it. There are three reasons to stop
 * this wait:
 * - the receiver has acknowledged them, so they did arrive, and the capture lacks them;
 * - the stream holds more packets than a window has (`HELD`), and memory must stay bounded;
 * - the connection or the capture is over.
 * Then the piece says how many bytes are missing before it.
 *
 * Invariants: pieces are in the order of their bytes; the stream delivers no byte twice; if two packets have different values for a byte,
 * the stream delivers the value that it can deliver first; times never decrease. The stream compares sequence numbers by their difference
 * modulo 2^32 (RFC 9293, 3.4), so it may be longer than 4 GB. Packets are parts of the file, so a stream holds no copy of any byte.
 */

/** Maximum number of packets that a stream holds while bytes before them are missing. */
const HELD = 1024

/** StreamPacket has the parts of a packet that a stream uses. */
export interface StreamPacket {
  readonly at: number
  readonly sequence: number
  readonly payload: Uint8Array
  /** Length of the payload on the wire. If the capture has cut the payload, this length still shows the place of the FIN. */
  readonly length: number
  readonly isFin: boolean
  readonly comments: readonly string[]
}

/** StreamPiece is a part of a stream in its order: bytes, or the end. */
export interface StreamPiece {
  readonly at: number
  /** The bytes; empty for the end. */
  readonly bytes: Uint8Array
  readonly isFin: boolean
  /** Number of bytes before this piece that the capture lacks. */
  readonly missing: number
  readonly comments: readonly string[]
}

/** TcpStream puts the packets of one side of a TCP connection in order. */
export class TcpStream {
  /** Sequence number of the next byte; `undefined` until a packet shows it. */
  #next: number | undefined
  /** The highest number that the other side has acknowledged. */
  #acknowledged: number | undefined
  /** Packets that begin after the next byte, ascending by number; packets with equal numbers are in the order of their arrival. */
  readonly #held: StreamPacket[] = []
  #at = 0
  #isOver = false

  /** Whether the stream has its FIN. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Sets the sequence number of the first byte, if the stream does not know it yet. */
  begin(sequence: number): void {
    this.#next ??= sequence
  }

  /** Adds a packet; returns the pieces that it completes. */
  push(packet: StreamPacket): readonly StreamPiece[] {
    this.begin(packet.sequence)
    if (this.#isOver) return []
    const pieces: StreamPiece[] = []
    if (this.#distance(packet.sequence) > 0) this.#hold(packet)
    else this.#deliver(packet, pieces)
    this.#drain(pieces)
    return pieces
  }

  /** Notes an acknowledgment by the other side; returns the pieces for which the stream no longer waits. */
  acknowledge(acknowledgment: number): readonly StreamPiece[] {
    this.begin(acknowledgment)
    if (this.#acknowledged === undefined || difference(acknowledgment, this.#acknowledged) > 0) this.#acknowledged = acknowledgment
    const pieces: StreamPiece[] = []
    this.#drain(pieces)
    return pieces
  }

  /** Returns all held pieces, because the capture is over. */
  finish(): readonly StreamPiece[] {
    const pieces: StreamPiece[] = []
    for (let packet = this.#held.shift(); packet && !this.#isOver; packet = this.#held.shift()) this.#deliver(packet, pieces)
    return pieces
  }

  /** Returns how far a sequence number is after the next byte. */
  #distance(sequence: number): number {
    return difference(sequence, this.#next ?? sequence)
  }

  #hold(packet: StreamPacket): void {
    let place = this.#held.length
    while (place > 0 && difference(this.#held[place - 1]?.sequence ?? 0, packet.sequence) > 0) place--
    this.#held.splice(place, 0, packet)
  }

  /** Delivers the held packets that no longer wait. */
  #drain(pieces: StreamPiece[]): void {
    for (let first = this.#held[0]; first && !this.#isOver; first = this.#held[0]) {
      const isAcknowledged = this.#acknowledged !== undefined && difference(this.#acknowledged, first.sequence) >= 0
      if (this.#distance(first.sequence) > 0 && !isAcknowledged && this.#held.length <= HELD) return
      this.#held.shift()
      this.#deliver(first, pieces)
    }
  }

  /**
   * Delivers the bytes of a packet that the stream has not delivered yet. If the packet begins after the next byte, the piece says
   * how many bytes are missing before it.
   */
  #deliver({ at, sequence, payload, length, isFin, comments }: StreamPacket, pieces: StreamPiece[]): void {
    const distance = this.#distance(sequence)
    const missing = Math.max(0, distance)
    const bytes = payload.subarray(Math.max(0, -distance))
    this.#at = Math.max(this.#at, at)
    if (missing > 0 || bytes.length > 0) this.#next = (sequence + payload.length) >>> 0
    if (bytes.length > 0) pieces.push({ at: this.#at, bytes, isFin: false, missing, comments })
    if (!isFin) return
    const cut = length - payload.length
    this.#isOver = true
    this.#held.length = 0
    const hasBytes = bytes.length > 0
    const before = (hasBytes ? 0 : missing) + cut
    pieces.push({ at: this.#at, bytes: new Uint8Array(), isFin, missing: before, comments: hasBytes ? [] : comments })
  }
}

/** Returns how far one sequence number is after another, from -2^31 to 2^31 - 1. */
function difference(one: number, other: number): number {
  return (one - other) | 0
}
