import { useState } from 'preact/hooks'
import type { ProtocolReference } from '../../server/gateway/protocol-schemas.ts'
import { formatByte, formatBytes } from '../model/escapes.ts'
import { protocolTexts } from '../protocol-texts.ts'

/** ProtocolMessage is a message of a protocol. */
export type ProtocolMessage = ProtocolReference['messages'][number]

/** The class that gives each side its colour. */
export const SIDE_CLASS = { client: 'A', server: 'B' } as const
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

/** The name of a side in its colour. */
export function Sender({ side }: { readonly side: ProtocolMessage['from'] }) {
  return <span class={side === 'either' ? undefined : `who ${SIDE_CLASS[side]}`}>{protocolTexts.sends[side]}</span>
}

/** The page shows all bytes of a message that has at most `all` bytes, and only the first `first` bytes of a longer message. */
const SHOWN = { all: 64, first: 48 }
const LF = 10

/**
 * Bytes draws bytes as cells: the character above, and the hexadecimal digits below. If there are many bytes, it draws only the first bytes
 * until the user requests all bytes.
 */
export function Bytes({ bytes, wrongAt }: { readonly bytes: Uint8Array; readonly wrongAt?: number | undefined }) {
  const [isOpen, setOpen] = useState(false)
  const isLong = bytes.length > SHOWN.all
  const shown = isLong && !isOpen ? bytes.subarray(0, SHOWN.first) : bytes
  return (
    <>
      <span
        class={`octets${wrongAt === undefined ? '' : ' is-bad'}`}
        role="img"
        aria-label={protocolTexts.bytesOf(formatBytes(shown), bytes.length)}
      >
        {Array.from(shown, (byte, at) => (
          <i key={at} class={at === wrongAt ? 'wrong' : byte === LF ? 'end' : undefined}>
            {byte === 32 ? '·' : formatByte(byte)}
            <u>{byte.toString(16).padStart(2, '0')}</u>
          </i>
        ))}
      </span>
      {isLong && (
        <button class="more octets__more" type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? protocolTexts.fewerBytes : protocolTexts.moreBytes(bytes.length)}
        </button>
      )}
    </>
  )
}
