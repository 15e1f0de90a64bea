import { Parlor } from '../support/process.ts'

/** The served programs: for bots, for students, and for a classroom client. */
const PROGRAMS = ['parlor/door', 'fh/quiz', 'tjc/tictactoe']

/** Restarting is a server that is killed and restarted on the same folder, each time on other ports. */
export class Restarting {
  readonly #folder: string
  #server: Parlor | undefined
  #ports = Promise.withResolvers<ReadonlyMap<string, number>>()
  #up = false
  #over = false

  constructor(folder: string) {
    this.#folder = folder
  }

  /** The port of a program, as soon as the server is up. */
  async port(program: string): Promise<number> {
    const port = (await this.#ports.promise).get(program)
    if (port === undefined) throw new Error(`${program} is not served`)
    return port
  }

  get errors() {
    return this.#server?.errors
  }
  /** Starts the server, without waiting for it. */
  begin(): Parlor {
    if (this.#over) throw new Error('the run is over')
    const only = PROGRAMS.flatMap((program) => ['--only', program, '--port', `${program}=0`])
    this.#server = new Parlor(['serve', '--json', '--data', this.#folder, ...only])
    return this.#server
  }

  /** Starts the server; resolves when it is up. */
  async start(): Promise<void> {
    const server = this.begin()
    await server.shows(/\n/)
    const { listening } = JSON.parse(server.output) as { listening: { program: string; port: number }[] }
    this.#up = true
    this.#ports.resolve(new Map(listening.map(({ program, port }) => [program, port])))
  }

  /** Kills the server at any moment. */
  async kill(): Promise<void> {
    const server = this.#server
    // a caller that waits for a server that is killed during its start waits for the next
    if (this.#up) this.#ports = Promise.withResolvers()
    this.#up = false
    server?.signal('SIGKILL')
    const code = await server?.exit
    if (code !== 'SIGKILL') throw new Error(`the server ended by itself (${code}): ${server?.errors}`)
  }

  /** Stops the server cleanly, and returns its complaints, except those about clients of worksheets, which simply disconnect. */
  async stop(): Promise<string> {
    const server = this.#server
    server?.signal('SIGTERM')
    const code = await server?.exit
    if (code !== 0) throw new Error(`the server ended with ${code}: ${server?.errors}`)
    const complaints = server?.errors.split('\n') ?? []
    return complaints
      .filter((line) => !/^parlor: [\d-]{10} [\d:]{8} (tjc\/tictactoe, |fh\/quiz, \S+: the client sent "START)/.test(line))
      .join('\n')
  }

  /** Ends the server if it still runs, and starts no other. */
  async end(): Promise<void> {
    this.#over = true
    await this.#server?.[Symbol.asyncDispose]()
  }
}
