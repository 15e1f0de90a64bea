import type { ProtocolReference } from '../../server/gateway/protocol-schemas.ts'
import { formatBytes } from '../model/escapes.ts'
import { protocolTexts } from '../protocol-texts.ts'
import { SIDE_CLASS } from './octets.tsx'

/** ProtocolMessage is a message in the reference of a protocol. */
export type ProtocolMessage = ProtocolReference['messages'][number]

/** Maximum number of characters of a message in a button or in the table of states. */
const LABEL = 40

/** Returns a message as one line: the shortened text of the message, or the words for a close. */
export function toMessageLabel(message: ProtocolMessage | undefined): string {
  if (!message) return ''
  if (message.closes) return protocolTexts.closes
  const text = toLine(message.text)
  return text.length > LABEL ? `${text.slice(0, LABEL - 1)}…` : text
}

/** Returns a text in which escapes replace line ends and hidden characters. */
export function toLine(text: string): string {
  return formatBytes(new TextEncoder().encode(text))
}

/** Sender shows the name of a side in the color of the side. */
export function Sender({ side }: { readonly side: ProtocolMessage['from'] }) {
  return <span class={side === 'either' ? undefined : `who ${SIDE_CLASS[side]}`}>{protocolTexts.sends[side]}</span>
}
