/*
 * The links show other users the connections of clients to the server: the program of the server and its port, but never the address of
 * a client. A user with several connections has a link for each connection. The server cannot detect the programming language of a
 * client; the name of the program identifies the protocol.
 */

/** PeerEndpoint is a port of the server. All clients of the port share one object, so a client needs no memory for it. */
export interface PeerEndpoint {
  /** Name of the program at the port: `tjc/guess`, `parlor/door`, or `parlor/web` for the port for browsers. */
  readonly program: string
  readonly transport: 'tcp' | 'tls' | 'unix' | 'udp' | 'websocket'
  /** The port; missing for a Unix socket. */
  readonly port?: number
}

/** PeerLink is the connection of one client to the server. */
export interface PeerLink extends PeerEndpoint {
  /** True for a program that uses the native protocol at the front door. */
  readonly json?: true
}

/** SeatLinks has the owner of a seat, and the connections of the owner that have the seat. */
export interface SeatLinks {
  readonly name: string
  /** True for a seat of the house, which has no connection. */
  readonly house?: true
  /** Empty if the owner is disconnected. */
  readonly links: readonly PeerLink[]
}

/** ConnectionIdentity distinguishes the connections of a user, and has the link of each connection. */
export interface ConnectionIdentity {
  readonly link?: PeerLink | undefined
}
