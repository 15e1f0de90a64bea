import type { ProtocolReference } from '../../server/gateway/protocol-schemas.ts'
import { formatBytes } from '../model/escapes.ts'
import { protocolTexts } from '../protocol-texts.ts'
import { SIDE_CLASS } from './octets.tsx'

/** ProtocolMessage is a message of a protocol. */
export type ProtocolMessage = ProtocolReference['messages'][number]

/** Maximum number of characters of a message in a button or in the table of states. */
const LABEL = 40

/** Returns a message on one line: its text, or the words for a close. */
export function toMessageLabel(message: ProtocolMessage | undefined): string {
  if (!message) return ''
  if (message.closes) return protocolTexts.closes
  const text = toLine(message.text)
  return text.length > LABEL ? `${text.slice(0, LABEL - 1)}…` : text
}

/** Returns a text with its line ends and hidden characters as escapes. */
export function toLine(text: string): string {
  return formatBytes(new TextEncoder().encode(text))
}

/** The name of a side in its color. */
export function Sender({ side }: { readonly side: ProtocolMessage['from'] }) {
  return <span class={side === 'either' ? undefined : `who ${SIDE_CLASS[side]}`}>{protocolTexts.sends[side]}</span>
}
