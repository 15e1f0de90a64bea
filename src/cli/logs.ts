import { type ConnectionInfo, formatError, isLogged, type Level, type Logs, noteLevels } from '../server/observe/logs.ts'
import { formatAddress } from '../terminal/system-errors.ts'
import { wallClock } from './clock.ts'
import { printLine } from './diagnostics.ts'

/** Creates the logs of a server, which print on standard error as plain lines or as JSON. */
export async function createLogs({ log, level }: { readonly log: 'plain' | 'json'; readonly level: Level }): Promise<Logs> {
  if (log === 'plain') return plainLogs(level)
  const { jsonLogs } = await import('../server/observe/json-logs.ts')
  return jsonLogs({ level, write: (line) => void process.stderr.write(line), now: wallClock.now })
}

/** Creates logs for people: one line, with the local time, for each event of the level `least` or above. */
function plainLogs(least: Level): Logs {
  const write = (sentence: string) => printLine(`${localTime(wallClock.now())} ${sentence}`)
  const say = (level: Level, sentence: string) => {
    if (isLogged(level, least)) write(sentence)
  }
  const about = ({ program, client }: Omit<ConnectionInfo, 'connection'>, sentence: string) =>
    `${program}, ${formatAddress(client)}: ${sentence}`
  return {
    log: say,
    ...(isLogged('info', least)
      ? {
          connected: (info) => write(about(info, 'connected')),
          seated: (info, table, seat) => write(about(info, `sits at table ${table}, seat ${seat}`)),
        }
      : {}),
    noticed: (info, what, sentence) => say(noteLevels[what], about(info, sentence)),
    traced: (info, line) => printLine(`trace #${info.connection} ${about(info, line)}`),
    ended: (info, { level, trouble, ms }) =>
      say(level, about(info, trouble ? formatError(trouble) : `ended normally after ${ms / 1000} s`)),
    limited: (info, what, sentence) => say('warn', about(info, what === 'refused' ? `rejected: ${sentence}` : sentence)),
  }
}

/** Formats milliseconds since the Unix epoch as local time, `2024-02-29 13:05:09`. */
function localTime(time: number): string {
  const at = new Date(time)
  const date = [at.getFullYear(), at.getMonth() + 1, at.getDate()]
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()]
  const digits = (part: number) => String(part).padStart(2, '0')
  return `${date.map(digits).join('-')} ${clock.map(digits).join(':')}`
}
