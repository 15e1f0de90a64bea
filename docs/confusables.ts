/*
 * node docs/confusables.ts FILE: makes `src/hall/confusables.ts` of Unicode's `confusables.txt` (UTS 39), of the version
 * that lies in the folder `security` of the Unicode Character Database. No package keeps that table up to date.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Characters of a line of the table, at most. */
const WIDTH = 130

const [file = 'confusables.txt'] = process.argv.slice(2)
const text = await readFile(file, 'utf8')
const version = /^# Version: (\S+)/m.exec(text)?.[1]
const groups = new Map<string, number[]>()
for (const line of text.split('\n')) {
  const [, source, target] = /^([0-9A-F]+) ;\t([0-9A-F ]+) ;/.exec(line) ?? []
  if (source === undefined || target === undefined) continue
  const [from, to] = [[source], target.split(' ')].map((codes) => String.fromCodePoint(...codes.map((code) => Number.parseInt(code, 16))))
  // what NFKD changes is not looked up, and what cannot be seen is in no name
  if (from === undefined || to === undefined || from.normalize('NFKD') !== from || /[\p{C}\p{Z}]/u.test(from)) continue
  const sources = groups.get(to) ?? []
  groups.set(to, [...sources, from.codePointAt(0) ?? 0])
}
if (version === undefined || groups.size === 0) throw new Error(`${file} is not Unicode's confusables.txt`)

const entries = [...groups].map(([to, sources]) => {
  const sorted = sources.sort((one, other) => one - other)
  const steps = sorted.map((code, at) => (code - (sorted[at - 1] ?? 0)).toString(36))
  return `${[...to].map((character) => (character.codePointAt(0) ?? 0).toString(36)).join('.')}:${steps}`
})
const lines: string[] = []
for (const entry of entries) {
  const last = lines.at(-1)
  if (last !== undefined && last.length + entry.length < WIDTH) lines[lines.length - 1] = `${last} ${entry}`
  else lines.push(entry)
}
await writeFile(
  join(import.meta.dirname, '..', 'src', 'hall', 'confusables.ts'),
  `/**
 * CONFUSABLES is what looks alike, by Unicode's confusables.txt ${version} (© Unicode, Inc., Unicode License v3), made by
 * \`node docs/confusables.ts\`; do not edit. Each entry is a text and, behind a colon, the characters that look like it, all
 * as code points in base 36; those of the characters are differences. Without what NFKD changes.
 */
export const CONFUSABLES = \`
${lines.join('\n')}
\`
`,
)
console.log(`${entries.length} texts, ${[...groups.values()].flat().length} characters of Unicode ${version}`)
