/*
 * node docs/confusables.ts FILE: makes `src/hall/names/confusables.ts` from Unicode's `confusables.txt` (UTS 39). FILE is in
 * the folder `security` of the Unicode Character Database. No package updates this table.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Maximum length of a line of the table, in characters. */
const WIDTH = 130

const [file = 'confusables.txt'] = process.argv.slice(2)
const text = await readFile(file, 'utf8')
const version = /^# Version: (\S+)/m.exec(text)?.[1]
const pairs = text.split('\n').flatMap((line): [string, string][] => {
  const [, source, target] = /^([0-9A-F]+) ;\t([0-9A-F ]+) ;/.exec(line) ?? []
  if (source === undefined || target === undefined) return []
  const [from = '', to = ''] = [[source], target.split(' ')].map((codes) =>
    String.fromCodePoint(...codes.map((code) => Number.parseInt(code, 16))),
  )
  // no name has an invisible character
  return /[\p{C}\p{Z}]/u.test(from) ? [] : [[from, to]]
})
const table = new Map(pairs)
/** Returns the skeleton of a text (UTS 39), which is the same for all texts that look alike. Applies NFKD to each character first. */
const skeleton = (text: string) => {
  const once = (one: string) => [...one.normalize('NFKD')].map((character) => table.get(character) ?? character).join('')
  return once(once(text)).normalize('NFKD')
}
const confusables = pairs.filter(([from]) => from.normalize('NFKD') === from)
const shown = pairs
  .filter(([from, to]) => from.normalize('NFKD') !== from && skeleton(from) !== skeleton(to))
  .map(([from, to]): [string, string] => [from.normalize('NFC'), to])
  // the server stores names in NFC, which replaces some of these characters
  .filter(([from], at, all) => [...from].length === 1 && all.findIndex(([one]) => one === from) === at)
if (version === undefined || pairs.length === 0) throw new Error(`${file} is not Unicode's confusables.txt`)

/** Formats pairs as lines of source code. */
function linesOf(all: readonly (readonly [string, string])[]): string {
  const groups = new Map<string, number[]>()
  for (const [from, to] of all) groups.set(to, [...(groups.get(to) ?? []), from.codePointAt(0) ?? 0])
  const lines: string[] = []
  for (const [to, sources] of groups) {
    const sorted = sources.sort((one, other) => one - other)
    const steps = sorted.map((code, at) => (code - (sorted[at - 1] ?? 0)).toString(36))
    const entry = `${[...to].map((character) => (character.codePointAt(0) ?? 0).toString(36)).join('.')}:${steps}`
    const last = lines.at(-1)
    if (last !== undefined && last.length + entry.length < WIDTH) lines[lines.length - 1] = `${last} ${entry}`
    else lines.push(entry)
  }
  return lines.join('\n')
}

await writeFile(
  join(import.meta.dirname, '..', 'src', 'hall', 'names', 'confusables.ts'),
  `/**
 * CONFUSABLES has the texts that look alike, from Unicode's confusables.txt ${version} (© Unicode, Inc., Unicode License v3), generated
 * by \`node docs/confusables.ts\`; do not edit. Each entry is a text and, after a colon, the characters that look like it. The text
 * and the characters are code points in base 36; the list has each of these characters as its difference from the previous
 * character. The list has no characters that NFKD changes.
 */
export const CONFUSABLES = \`
${linesOf(confusables)}
\`

/**
 * SHOWN has the characters that NFKD replaces by a character of another appearance, with their own appearance, in the same form.
 */
export const SHOWN = \`
${linesOf(shown)}
\`
`,
)
console.log(`${confusables.length} characters, and ${shown.length} that NFKD changes, of Unicode ${version}`)
