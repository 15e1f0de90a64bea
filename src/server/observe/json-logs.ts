import { pino } from 'pino'
import { type ConnectionInfo, formatError, isLogged, type Level, type Logs, noticeLevels } from './logs.ts'

export interface JsonLogsOptions {
  readonly level: Level
  /** Called with each line, including its line end. */
  write(line: string): void
  /** Milliseconds since the Unix epoch. */
  now(): number
}

/**
 * Creates logs for programs: one JSON object per line. No line has the text of a peer's message, which may be a password or
 * private.
 */
export function jsonLogs({ level, write, now }: JsonLogsOptions): Logs {
  const logger = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  )
  const about = ({ program, client, ...rest }: Omit<ConnectionInfo, 'connection'>) => ({
    ...rest,
    program,
    address: client.host,
    port: client.port,
  })
  const all: Logs = {
    log: (at, sentence) => logger[at](sentence),
    connected: (visit) => logger.info({ event: 'came', ...about(visit) }, 'a client has connected'),
    seated: (visit, table, seat) => logger.info({ event: 'seated', ...about(visit), table, seat }, 'the client has taken a seat'),
    noticed: (visit, what, sentence) => logger[noticeLevels[what]]({ event: what, ...about(visit) }, maskQuotes(sentence)),
    traced: (visit, line) => logger.info({ event: 'trace', ...about(visit) }, line),
    ended: (visit, { level: weight, trouble, ...ending }) =>
      logger[weight](
        { event: 'ended', ...about(visit), ...ending },
        trouble ? maskQuotes(formatError(trouble)) : 'the conversation has ended',
      ),
    limited: (visit, what, sentence) => logger.warn({ event: what, ...about(visit) }, sentence),
  }
  if (isLogged('info', level)) return all
  const { connected: _, seated: __, ...others } = all
  return others
}

/** Masks the texts that a sentence quotes from a peer. */
function maskQuotes(sentence: string): string {
  return sentence.replaceAll(/"(?:\\.|[^"\\])*"/g, '"…"')
}
