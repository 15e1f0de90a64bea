import { closeSync, existsSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { extname } from 'node:path'
import { errorMessage } from '../base/errors.ts'
import type { WatchedProtocol } from '../lab/monitor/monitor.ts'
import { formatPage, pageFormats } from '../lab/pages/page-formats.ts'
import { recordingEncoders } from '../lab/recordings/formats.ts'
import { type RecordingEntry, RecordingError } from '../lab/recordings/recording.ts'
import { encode } from '../wire/text.ts'
import { UsageError } from './diagnostics.ts'

/** RecordingFile is an open file into which the tap writes a recording. */
export interface RecordingFile {
  append(entry: RecordingEntry): void
  /** Writes the rest of the recording. Rejects with the system's error if the system could not write a part. */
  close(): Promise<void>
}

/** Only the user who records may read a recording. */
const OWNER_ONLY = 0o600
/** Bytes of a block. The file writes a block when the block is full, and at the end of each turn of the event loop. */
const BLOCK = 64 * 1024
/** Maximum number of entries of a page, because the file writes a page as a whole. The file drops later entries. */
const PAGE_ENTRIES = 20_000

/** Returns the suffixes of file names that a recording can have. */
function suffixes(): readonly string[] {
  return [...Object.keys(recordingEncoders), ...pageFormats]
}

/** NewRecording is a new, empty file for a recording. It has only plain data, so that another thread can write the file. */
export interface NewRecording {
  readonly path: string
  readonly suffix: string
  readonly descriptor: number
}

/** Creates a file for a recording, whose suffix chooses the format. Throws a UsageError if the file exists, or the suffix is unknown. */
export function createRecording(path: string): NewRecording {
  const suffix = extname(path).toLowerCase()
  if (!suffixes().includes(suffix))
    throw new UsageError(`--record takes a file that ends in ${suffixes().join(', ')}, not ${JSON.stringify(path)}`)
  if (existsSync(path)) throw new UsageError(`${JSON.stringify(path)} exists already: delete the file first, or choose another name`)
  try {
    return { path, suffix, descriptor: openSync(path, 'wx', OWNER_ONLY) }
  } catch (error) {
    throw new UsageError(`cannot write ${JSON.stringify(path)}: ${errorMessage(error)}`)
  }
}

/** Begins to write a recording. Calls `complain` with a sentence about each part that cannot be written. */
export function writeRecording(
  { path, suffix, descriptor }: NewRecording,
  protocols: readonly WatchedProtocol[],
  complain: (sentence: string) => void,
): RecordingFile {
  const encoder = recordingEncoders[suffix]?.()
  return encoder
    ? new EntryFile(descriptor, encoder.begin(), (entry) => encoder.encode(entry), complain)
    : new PageFile(descriptor, (entries) => formatPage(suffix, entries, protocols), { path, complain })
}

/** EntryFile writes entries to a file in blocks, while the entries arrive. */
class EntryFile implements RecordingFile {
  readonly #descriptor: number
  readonly #encode: (entry: RecordingEntry) => Uint8Array
  readonly #complain: (sentence: string) => void
  readonly #block = new Uint8Array(BLOCK)
  #length = 0
  #isScheduled = false
  #failure: unknown
  /** Connections that the format cannot represent. */
  readonly #unrecorded = new Set<number>()

  constructor(
    descriptor: number,
    begin: Uint8Array,
    encodeEntry: (entry: RecordingEntry) => Uint8Array,
    complain: (sentence: string) => void,
  ) {
    this.#descriptor = descriptor
    this.#encode = encodeEntry
    this.#complain = complain
    this.#add(begin)
  }

  append(entry: RecordingEntry): void {
    const { connection } = entry
    if (this.#failure !== undefined || this.#unrecorded.has(connection)) return
    try {
      this.#add(this.#encode(entry))
    } catch (error) {
      // such as the connection of a client that disconnected before Parlor had its address
      if (!(error instanceof RecordingError)) throw error
      this.#unrecorded.add(connection)
      this.#complain(`connection ${connection} is not recorded further: ${error.message}`)
    }
  }

  async close(): Promise<void> {
    this.#writeBlock()
    closeSync(this.#descriptor)
    if (this.#failure !== undefined) throw this.#failure
  }

  #add(bytes: Uint8Array): void {
    if (this.#length + bytes.length > BLOCK) this.#writeBlock()
    if (bytes.length > BLOCK) return this.#write(bytes)
    this.#block.set(bytes, this.#length)
    this.#length += bytes.length
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(this.#endTurn)
  }

  readonly #endTurn = (): void => {
    this.#isScheduled = false
    this.#writeBlock()
  }

  #writeBlock(): void {
    const bytes = this.#block.subarray(0, this.#length)
    this.#length = 0
    this.#write(bytes)
  }

  #write(bytes: Uint8Array): void {
    if (this.#failure !== undefined || bytes.length === 0) return
    try {
      writeWhole(this.#descriptor, bytes)
    } catch (error) {
      this.#failure = error
      this.#complain(`the recording ends here: ${errorMessage(error)}`)
    }
  }
}

/** PageFile collects the entries, and writes the whole page to a file when a caller closes the PageFile. */
class PageFile implements RecordingFile {
  readonly #descriptor: number
  readonly #format: (entries: readonly RecordingEntry[]) => Promise<string>
  readonly #path: string
  readonly #complain: (sentence: string) => void
  readonly #entries: RecordingEntry[] = []

  constructor(
    descriptor: number,
    format: (entries: readonly RecordingEntry[]) => Promise<string>,
    { path, complain }: { readonly path: string; readonly complain: (sentence: string) => void },
  ) {
    this.#descriptor = descriptor
    this.#format = format
    this.#path = path
    this.#complain = complain
  }

  append(entry: RecordingEntry): void {
    if (this.#entries.length === PAGE_ENTRIES)
      this.#complain(`a page has at most ${PAGE_ENTRIES} entries, so the rest is missing: record to .pcapng or .jsonl`)
    if (this.#entries.length <= PAGE_ENTRIES) this.#entries.push(entry)
  }

  async close(): Promise<void> {
    const entries = this.#entries.slice(0, PAGE_ENTRIES)
    if (entries.length === 0) unlinkSync(this.#path)
    else writeWhole(this.#descriptor, encode(await this.#format(entries)))
    closeSync(this.#descriptor)
  }
}

function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let from = 0; from < bytes.length; ) from += writeSync(descriptor, bytes, from)
}
