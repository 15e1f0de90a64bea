import { useState } from 'preact/hooks'
import { formatByte, formatBytes } from '../model/escapes.ts'
import { texts } from '../texts.ts'

/** The classes that determine the color of each side. */
export const SIDE_CLASS = { client: 'A', server: 'B' } as const
/** The page shows all bytes of a message that has at most `all` bytes, and only the first `first` bytes of a longer message. */
const SHOWN = { all: 64, first: 48 }
const LF = 10

/**
 * Bytes draws each byte as a cell: the character above, and the hexadecimal digits below. If there are many bytes, Bytes draws only the
 * first bytes until the user requests all bytes.
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
        aria-label={texts.bytesOf(formatBytes(shown), bytes.length)}
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
          {isOpen ? texts.fewerBytes : texts.moreBytes(bytes.length)}
        </button>
      )}
    </>
  )
}
