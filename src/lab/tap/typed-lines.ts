import type { Side } from '../../protocol/message-spec.ts'
import { decode } from '../../wire/text.ts'
import { ConversationMonitor, type WatchedProtocol } from '../monitor/monitor.ts'
import type { RecordedConnection } from '../recordings/recording.ts'

/**
 * Returns the lines that a person may have typed for each entry of one side: the texts of its messages, or its lines if the protocol is
 * not known. The key is the index of the entry.
 */
export function findTypedLines(
  { opening, entries }: RecordedConnection,
  side: Side,
  protocol: WatchedProtocol | undefined,
): ReadonlyMap<number, readonly string[]> {
  const monitor = protocol && new ConversationMonitor(protocol, { datagrams: opening.transport === 'udp' })
  const found = new Map<number, readonly string[]>()
  for (const [index, entry] of entries.entries()) {
    if (entry.type === 'end') continue
    const { at, from, bytes } = entry
    const seen = monitor?.observe({ kind: 'bytes', at: at / 1000, from, bytes })
    if (from !== side) continue
    const texts = seen?.flatMap((one) => (one.kind === 'message' && one.from === side ? [one.text] : []))
    // only a pause would end a message without framing
    found.set(index, texts && texts.length > 0 ? texts : splitLines(bytes))
  }
  return found
}

function splitLines(bytes: Uint8Array): readonly string[] {
  const lines = decode(bytes).split(/\r?\n/)
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}
