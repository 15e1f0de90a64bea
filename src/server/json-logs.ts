import { pino } from 'pino'
import { type Level, type Logs, matters, noticedAt, sentenceFor, type Visit } from './logs.ts'

/** JsonLogsOptions is how JSON logs are written. */
export interface JsonLogsOptions {
  readonly level: Level
  /** Takes one line after the other, each with its end. */
  write(line: string): void
  /** Milliseconds since the Unix epoch. */
  now(): number
}

/**
 * Logs for programs: one JSON object a line. What a peer has said is in none of them: it may have been a password, or
 * said to somebody else.
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
  const about = ({ program, client, ...rest }: Omit<Visit, 'connection'>) => ({ ...rest, program, address: client.host, port: client.port })
  const all: Logs = {
    tell: (at, sentence) => logger[at](sentence),
    came: (visit) => logger.info({ event: 'came', ...about(visit) }, 'somebody has come'),
    seated: (visit, table, seat) => logger.info({ event: 'seated', ...about(visit), table, seat }, 'somebody has sat down'),
    noticed: (visit, what, sentence) => logger[noticedAt[what]]({ event: what, ...about(visit) }, discreet(sentence)),
    traced: (visit, line) => logger.info({ event: 'trace', ...about(visit) }, line),
    ended: (visit, { level: weight, trouble, ...ending }) =>
      logger[weight]({ event: 'ended', ...about(visit), ...ending }, trouble ? discreet(sentenceFor(trouble)) : 'it ended as it should'),
    limited: (visit, what, sentence) => logger.warn({ event: what, ...about(visit) }, sentence),
  }
  if (matters('info', level)) return all
  const { came: _, seated: __, ...others } = all
  return others
}

/** What went wrong, without what anybody has said: sentences quote that. */
function discreet(sentence: string): string {
  return sentence.replaceAll(/"(?:\\.|[^"\\])*"/g, '"…"')
}
