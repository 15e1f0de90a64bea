import { CsvError, parse } from 'csv-parse/sync'
import ipaddr from 'ipaddr.js'
import type { ClassConnection } from './class-view.ts'

/*
 * A roster is a file in CSV with the desks of a class. Its first line names the columns: `desk`, and `address`, `name` or both. The column
 * `address`, which may also have the name `network`, has the IP address of one machine, or a range such as 10.0.3.0/24 for a room. A row gives its desk to the
 * programs at its address, and to the programs with its name.
 */

/** RosterError reports the mistakes in a roster, with a sentence and the line for each mistake. */
export class RosterError extends Error {
  override readonly name = 'RosterError'
  readonly sentences: readonly string[]

  constructor(sentences: readonly string[]) {
    super(sentences.join('\n'))
    this.sentences = sentences
  }
}

/** Desk is the desk of an address or a name, and the line that says so. */
interface Desk {
  readonly desk: string
  readonly line: number
}

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number]

/** Roster finds the desk of a connection. */
export class Roster {
  readonly #addresses: ReadonlyMap<string, Desk>
  readonly #names: ReadonlyMap<string, Desk>
  /** The ranges, the smallest first. */
  readonly #ranges: readonly (Desk & { readonly range: Range })[]

  /**
   * Parses a roster. Throws a RosterError if a line is not valid, or if two lines give different desks to the same address or to the same
   * name.
   */
  constructor(text: string) {
    const rows = new RosterRows(text)
    this.#addresses = rows.addresses
    this.#names = rows.names
    this.#ranges = [...rows.ranges.values()].sort((one, other) => other.range[1] - one.range[1])
  }

  /**
   * Returns the desk of a connection: the desk of its address, or else of its name, or else of the smallest range with its address. The address
   * comes first, because a program can give any name.
   */
  find({ host, name }: Pick<ClassConnection, 'host' | 'name'>): string | undefined {
    const address = parseAddress(host)
    const own = address && this.#addresses.get(address.toString())
    const named = name === undefined ? undefined : this.#names.get(foldName(name))
    const ranged = () => this.#ranges.find(({ range: [start, bits] }) => address?.kind() === start.kind() && address.match(start, bits))
    return (own ?? named ?? ranged())?.desk
  }
}

/** Maximum number of characters of a desk. */
const LONGEST = 40
/** Maximum number of mistakes that an error names. */
const NAMED = 5
const COLUMNS: readonly string[] = ['desk', 'address', 'network', 'name']
const EXPECTED = 'the first line must name the columns: desk, and address, name or both, as in desk,address,name'

/** RosterRows reads the rows of a roster. */
class RosterRows {
  readonly addresses = new Map<string, Desk>()
  readonly names = new Map<string, Desk>()
  readonly ranges = new Map<string, Desk & { readonly range: Range }>()
  readonly #faults: string[] = []

  constructor(text: string) {
    const [head, ...rows] = readRecords(text)
    const columns = (head?.fields ?? []).map((name) => name.toLowerCase())
    const hasKey = columns.some((name) => name !== 'desk' && name !== '')
    const isKnown = columns.every((name, at) => name === '' || (COLUMNS.includes(name) && columns.indexOf(name) === at))
    if (!head || !columns.includes('desk') || !hasKey || !isKnown) throw new RosterError([`line ${head?.line ?? 1}: ${EXPECTED}`])
    for (const { fields, line } of rows) this.#read(Object.fromEntries(columns.map((name, at) => [name, fields[at] ?? ''])), line)
    if (this.#faults.length === 0) return
    const left = this.#faults.length - NAMED
    throw new RosterError([...this.#faults.slice(0, NAMED), ...(left > 0 ? [`${left} further lines are not valid`] : [])])
  }

  #read({ desk = '', address = '', network = '', name = '' }: Readonly<Record<string, string>>, line: number): void {
    if (desk === '') return this.#fail(line, 'there is no desk')
    if ([...desk].length > LONGEST) return this.#fail(line, `a desk has at most ${LONGEST} characters`)
    if (/\p{Cc}/u.test(desk)) return this.#fail(line, 'a desk must not contain control characters')
    const places = [address, network].filter((one) => one !== '')
    if (places.length === 0 && name === '') return this.#fail(line, `the desk ${quote(desk)} has neither an address nor a name`)
    for (const place of places) this.#addPlace(place, { desk, line })
    if (name !== '') this.#add(this.names, foldName(name), quote(name), { desk, line })
  }

  #addPlace(place: string, desk: Desk): void {
    if (place.includes('/') && ipaddr.isValidCIDR(place)) {
      const range = ipaddr.parseCIDR(place)
      return this.#add(this.ranges, place, place, { ...desk, range })
    }
    const address = parseAddress(place)
    if (address) return this.#add(this.addresses, address.toString(), place, desk)
    this.#fail(desk.line, `${quote(place)} is not an address such as 10.0.3.7, nor a range such as 10.0.3.0/24`)
  }

  #add<Entry extends Desk>(to: Map<string, Entry>, key: string, shown: string, entry: Entry): void {
    const earlier = to.get(key)
    if (earlier === undefined) to.set(key, entry)
    else if (earlier.desk !== entry.desk)
      this.#fail(entry.line, `${shown} has the desk ${quote(earlier.desk)} already, in line ${earlier.line}`)
  }

  #fail(line: number, sentence: string): void {
    this.#faults.push(`line ${line}: ${sentence}`)
  }
}

/** Reads the records of a file, with the line on which each record begins. The delimiter may be a comma, a semicolon or a tab. */
function readRecords(text: string): readonly { readonly fields: readonly string[]; readonly line: number }[] {
  const head = text.split('\n').find((line) => line.trim() !== '') ?? ''
  const delimiter = [';', '\t'].find((sign) => head.includes(sign)) ?? ','
  try {
    const records = parse(text, { delimiter, trim: true, bom: true, skip_empty_lines: true, relax_column_count: true, info: true })
    return (records as unknown as { record: string[]; info: { lines: number } }[])
      .map(({ record, info }) => ({ fields: record, line: info.lines - (record.join('').split('\n').length - 1) }))
      .filter(({ fields }) => fields.some((field) => field !== ''))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new RosterError([`line ${Number(error.lines) || 1}: put a field that contains " in quotes, and double each " inside it`])
  }
}

/** Parses the address of one machine; `undefined` for any other text, such as the path of a Unix socket. */
function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const [address = ''] = text.split('%')
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return undefined
  return ipaddr.process(address)
}

function foldName(name: string): string {
  return name.normalize('NFC').trim().toLowerCase()
}

function quote(text: string): string {
  return JSON.stringify(text)
}
