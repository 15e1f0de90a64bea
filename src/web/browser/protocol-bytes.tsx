import { formatByte, formatBytes } from '../model/escapes.ts'
import { protocolTexts } from '../protocol-texts.ts'

/** Number of bytes up to which all bytes are shown, and the number that is shown of more bytes. */
const SHOWN = { all: 64, first: 48 }
const LF = 10

/** Bytes draws bytes as cells: the character above, and the hexadecimal digits below. */
export function Bytes({ bytes, wrongAt }: { readonly bytes: Uint8Array; readonly wrongAt?: number | undefined }) {
  const shown = bytes.length > SHOWN.all ? bytes.subarray(0, SHOWN.first) : bytes
  const label = protocolTexts.bytesOf(formatBytes(shown), bytes.length)
  return (
    <span class={`octets${wrongAt === undefined ? '' : ' is-bad'}`} role="img" aria-label={label}>
      {Array.from(shown, (byte, at) => (
        <i key={at} class={at === wrongAt ? 'wrong' : byte === LF ? 'end' : undefined}>
          {byte === 32 ? '·' : formatByte(byte)}
          <u>{byte.toString(16).padStart(2, '0')}</u>
        </i>
      ))}
      {shown.length < bytes.length && <small>{protocolTexts.moreBytes(bytes.length - shown.length)}</small>}
    </span>
  )
}
