import { isCaptureFile } from './capture-file.ts'
import { readCapture } from './capture-reader.ts'
import { isJsonl, JsonlEncoder, readJsonl } from './jsonl.ts'
import { PcapngEncoder } from './pcapng-encoder.ts'
import { type Recording, type RecordingEntry, RecordingError } from './recording.ts'

/** RecordingEncoder writes a recording as the bytes of a file. It writes each entry when the entry arrives. */
export interface RecordingEncoder {
  /** Returns the bytes at the beginning of the file. */
  begin(): Uint8Array
  /**
   * Returns the bytes of an entry, in memory that the next call overwrites. Throws a RecordingError if the format cannot store the entry.
   */
  encode(entry: RecordingEntry): Uint8Array
}

/** Creates the encoder for each suffix of a file name. */
export const recordingEncoders: Readonly<Record<string, () => RecordingEncoder>> = {
  '.pcapng': () => new PcapngEncoder(),
  '.jsonl': () => new JsonlEncoder(),
}

/** The first bytes of formats in which users often compress captures. */
const COMPRESSED: readonly (readonly [name: string, magic: readonly number[], tool: string])[] = [
  ['gzip', [0x1f, 0x8b], 'gunzip'],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd], 'unzstd'],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a], 'unxz'],
]

/**
 * Reads a recording in any format; the content of the file shows the format. Throws a RecordingError for a damaged file, or for a file of
 * another kind.
 */
export function readRecording(file: Uint8Array): Recording {
  if (isCaptureFile(file)) return readCapture(file)
  if (isJsonl(file)) return readJsonl(file)
  if (file.length === 0) throw new RecordingError('the file is empty: expected a recording in .pcapng, .pcap or .jsonl')
  const compressed = COMPRESSED.find(([, magic]) => magic.every((byte, at) => file[at] === byte))
  if (compressed) throw new RecordingError(`the file is compressed with ${compressed[0]}: unpack it first, with ${compressed[2]}`)
  throw new RecordingError('the file is not a recording: expected .pcapng, .pcap or .jsonl')
}
