/** AgentRequest asks the process in the network of a sandbox for a socket. */
export interface AgentRequest {
  readonly id: number
  readonly what: 'listen' | 'connect'
  readonly port: number
  /** Milliseconds to try again while no program listens. */
  readonly timeout?: number
}

/** AgentReply answers a request: with the socket beside it, or with the system's error. The first one, with the id 0, says that the process is ready. */
export interface AgentReply {
  readonly id: number
  readonly error?: string
  /** The socket belongs to the judge alone. */
  readonly done?: boolean
}
