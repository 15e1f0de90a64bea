/*
 * The wire view shows the remedy of a mistake in the words of `docs/causes.md`. `docs/causes.md` explains each cause once for `parlor
 * check` and for the page. The build of the page parses `docs/causes.md`, and includes the result in the page.
 */

/** The languages in which each remedy has an example. */
export const LANGUAGES = ['python', 'c', 'js'] as const
export type Language = (typeof LANGUAGES)[number]

/** Remedy explains the likely cause of a mistake, and shows how to correct the mistake. */
export interface Remedy {
  /** The explanation; program text stands between backquotes. */
  readonly why: string
  readonly fixes: Readonly<Record<Language, string>>
}

/** Remedies has a remedy for each cause, by the code of the cause, such as `missing-newline`. */
export type Remedies = Readonly<Record<string, Remedy>>

/** TextPart is a piece of an explanation: words, or program text. */
export interface TextPart {
  readonly text: string
  readonly isCode: boolean
}

/** Splits an explanation into words and program text. */
export function toTextParts(text: string): readonly TextPart[] {
  return text
    .split('`')
    .map((part, at) => ({ text: part, isCode: at % 2 === 1 }))
    .filter((part) => part.text !== '')
}

/** Parses the file of causes. Throws a SyntaxError for a cause without an explanation, or without an example in each language. */
export function parseRemedies(markdown: string): Remedies {
  const [, ...sections] = markdown.split(/^## /m)
  return Object.fromEntries(sections.map(parseSection))
}

function parseSection(section: string): readonly [cause: string, remedy: Remedy] {
  const [, cause = ''] = /^`([a-z-]+)`$/m.exec(section) ?? []
  const [, why] = /^\*\*Why\.\*\* (.+?)\n\n\*\*The fix\.\*\*/ms.exec(section) ?? []
  if (cause === '' || why === undefined) throw new SyntaxError(`the file of causes has no explanation in: ${section.slice(0, 80)}`)
  const fixes = { python: parseFix(section, 'python'), c: parseFix(section, 'c'), js: parseFix(section, 'js') }
  return [cause, { why: why.replace(/\s*\n\s*/g, ' '), fixes }]
}

function parseFix(section: string, language: Language): string {
  const [, fix] = new RegExp(`^\`\`\`${language}\n(.+?)\n\`\`\`$`, 'ms').exec(section) ?? []
  if (fix === undefined) throw new SyntaxError(`the file of causes has no example in ${language} in: ${section.slice(0, 80)}`)
  return fix
}
