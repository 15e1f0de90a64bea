import { pino } from 'pino'
import { type ConnectionInfo, formatError, isLogged, type Level, type Logs, noteLevels } from './logs.ts'

export interface JsonLogsOptions {
  readonly level: Level
  /** Called with each line, including the line end. */
  write(line: string): void
  /** Milliseconds since the Unix epoch. */
  now(): number
}

/**
 * Creates logs for programs: one JSON object per line. No line contains the text of a peer's message, because the text may be a password or
 * a private message.
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
    connected: (info) => logger.info({ event: 'came', ...about(info) }, 'a client has connected'),
    seated: (info, table, seat) => logger.info({ event: 'seated', ...about(info), table, seat }, 'the client has taken a seat'),
    noticed: (info, what, sentence) => logger[noteLevels[what]]({ event: what, ...about(info) }, maskQuotes(sentence)),
    traced: (info, line) => logger.info({ event: 'trace', ...about(info) }, line),
    ended: (info, { level: weight, trouble, ...ending }) =>
      logger[weight](
        { event: 'ended', ...about(info), ...ending },
        trouble ? maskQuotes(formatError(trouble)) : 'the conversation has ended',
      ),
    limited: (info, what, sentence) => logger.warn({ event: what, ...about(info) }, sentence),
  }
  if (isLogged('info', level)) return all
  const { connected: _, seated: __, ...others } = all
  return others
}

/** Masks the texts that a sentence quotes from a peer. */
function maskQuotes(sentence: string): string {
  return sentence.replaceAll(/"(?:\\.|[^"\\])*"/g, '"…"')
}
