import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tsPlugin } from '@sveltejs/acorn-typescript'
import { type Comment, Parser } from 'acorn'

/** Sentence is a sentence of the project: of a comment, of a text that the code prints, of a page, or the title of a test. */
export interface Sentence {
  /** Path from the root of the repository. */
  readonly file: string
  /** Number of the line on which the sentence, or its paragraph, begins. */
  readonly line: number
  /** The sentence on one line; `code` and quotations are cut out, and a value in a text is {}. */
  readonly text: string
  /** The sentence as it is written. */
  readonly source: string
  /** True for a text that the code prints; a person may type such a text, or see it beside an input. */
  readonly isPrinted: boolean
}

/** Files with sentences. */
const FILES = ['{README,CONTRIBUTING,CHANGELOG}.md', '{src,bench,docs,examples,bin,test}/**/*.{ts,tsx,js,md}']

/** Pages that programs write from sentences of the code, lists of work and of words, texts of others, and broken sentences on purpose. */
const SKIPPED = [
  'bench/{RESULTS,HALL,HOSTILE,RESTART,STARTUP}.md',
  'docs/{options,quirks,native-protocol}.md',
  'docs/protocols/**',
  'src/games/ai/chatbot.ts',
  'test/CHECKLIST*.md',
  'test/fixtures/**',
  'test/lab/check/students/**',
  'test/architecture/sentence*.ts',
]

const TypeScript = Parser.extend(tsPlugin({ jsx: true }))
const PlainTypeScript = Parser.extend(tsPlugin())

/** Reads all sentences of a repository. */
export function readSentences(root: string): Sentence[] {
  const skipped = new Set(globSync(SKIPPED, { cwd: root }))
  const exclude = (name: string) => name === 'node_modules'
  const files = globSync(FILES, { cwd: root, exclude }).filter((file) => !skipped.has(file))
  return files.sort().flatMap((file) => sentencesOf(file.replaceAll('\\', '/'), readFileSync(join(root, file), 'utf8')))
}

/** Returns the sentences of a file. */
export function sentencesOf(file: string, text: string): Sentence[] {
  const paragraphs = file.endsWith('.md') ? paragraphsOfPage(text) : paragraphsOfCode(file, text)
  return paragraphs.flatMap(([line, paragraph, isPrinted = false]) =>
    splitSentences(paragraph).map((source) => ({ file, line, source, text: withoutQuotations(source), isPrinted })),
  )
}

type Paragraph = readonly [line: number, text: string, isPrinted?: boolean]

/** Returns the paragraphs, items of lists and cells of tables of a page in Markdown. */
function paragraphsOfPage(text: string): Paragraph[] {
  const found: Paragraph[] = []
  let isCode = false
  let open: [line: number, text: string] | undefined
  const end = () => {
    if (open) found.push(open)
    open = undefined
  }
  for (const [at, line] of text
    .replace(/<!--.*?-->/gs, (comment) => comment.replace(/[^\n]/g, ''))
    .split('\n')
    .entries()) {
    const isFence = /^\s*```/.test(line)
    if (isFence) isCode = !isCode
    if (isFence || isCode || line.trim() === '' || /^\s*(?:[-*#|<]|\d+\. )/.test(line)) end()
    if (isFence || isCode || line.trim() === '' || /^\s*</.test(line)) continue
    if (/^\s*\|/.test(line)) found.push(...line.split('|').map((cell): Paragraph => [at + 1, cell]))
    else if (open) open[1] += ` ${line.trim()}`
    else open = [at + 1, line.trim().replace(/^(?:[-*#]+|\d+\.) /, '')]
    if (/^\s*#/.test(line)) end()
  }
  end()
  return found
}

/** Returns the paragraphs of the comments and of the texts of a source file; of a test, those of the comments and of the titles. */
function paragraphsOfCode(file: string, text: string): Paragraph[] {
  const comments: Comment[] = []
  const parser = file.endsWith('.tsx') ? TypeScript : PlainTypeScript
  const program = parser.parse(text.replace(/^#!.*/, ''), {
    sourceType: 'module',
    ecmaVersion: 'latest',
    locations: true,
    onComment: comments,
  })
  const found = comments.map((comment): Paragraph => [comment.loc?.start.line ?? 0, comment.value])
  const merged: [line: number, last: number, text: string][] = []
  for (const [index, [line, value]] of found.entries()) {
    const before = merged.at(-1)
    const last = comments[index]?.loc?.end.line ?? line
    if (comments[index]?.type === 'Line' && before?.[1] === line - 1) {
      before[1] = last
      before[2] += `\n${value}`
    } else merged.push([line, last, value])
  }
  const paragraphs = merged.flatMap(([line, , value]) => paragraphsOfComment(value).map((paragraph): Paragraph => [line, paragraph]))
  const add = (line: number, text: string) => {
    for (const part of text.split(/\n\s*(?:\n|- |\||\d+\. )/)) paragraphs.push([line, part, true])
  }
  visit(program, add, file.startsWith('test/'))
  return paragraphs
}

/** Returns the paragraphs and items of lists of a comment, without its diagrams, tables and directives of tools. */
function paragraphsOfComment(comment: string): string[] {
  const lines = comment
    .replace(/^\*/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\*(?: |$)/, ''))
  const paragraphs = ['']
  for (const line of lines) {
    if (/^(?: {4,}\S| *\|)|\S {3,}\S|[│┌└─▼]/.test(line.replace(/^ (?=\S)/, ''))) continue
    if (line.trim() === '' || /^\s*(?:- |\d+\. |@|biome-ignore)/.test(line)) paragraphs.push('')
    if (/^\s*biome-ignore/.test(line)) continue
    paragraphs[paragraphs.length - 1] += ` ${line.trim().replace(/^(?:-|\d+\.) /, '')}`
  }
  return paragraphs.filter((paragraph) => paragraph.trim() !== '')
}

/** Calls `add` with each text of a syntax tree that can be a sentence; of a test, with the titles alone. */
function visit(node: unknown, add: (line: number, text: string) => void, isTest: boolean): void {
  if (Array.isArray(node)) {
    for (const item of node) visit(item, add, isTest)
    return
  }
  if (!isNode(node)) return
  if (isTest && node.type === 'CallExpression') {
    const title = Array.isArray(node['arguments']) ? node['arguments'][0] : undefined
    if (isTitleCall(node['callee'])) visit(title, add, false)
    for (const [key, value] of Object.entries(node)) if (key !== 'loc') visit(value, add, true)
    return
  }
  const { line } = node.loc.start
  if (!isTest) {
    if (node.type === 'Literal' && typeof node['value'] === 'string') add(line, node['value'])
    if (node.type === 'JSXText' && typeof node['value'] === 'string') add(line, node['value'])
    if (node.type === 'TemplateLiteral' && Array.isArray(node['quasis'])) {
      add(line, node['quasis'].map((part: { value: { cooked?: string } }) => part.value.cooked ?? '').join('{}'))
    }
  }
  for (const [key, value] of Object.entries(node)) if (key !== 'loc' && key !== 'quasis') visit(value, add, isTest)
}

interface SyntaxNode {
  readonly type: string
  readonly loc: { readonly start: { readonly line: number } }
  readonly [key: string]: unknown
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'loc' in value
}

/** Checks whether a function is `test`, `it` or `describe`, perhaps with `.each(…)` or `.skipIf(…)` behind it. */
function isTitleCall(callee: unknown): boolean {
  if (!isNode(callee)) return false
  if (callee.type === 'Identifier') return ['test', 'it', 'describe'].includes(String(callee['name']))
  return isTitleCall(
    callee.type === 'MemberExpression' ? callee['object'] : callee.type === 'CallExpression' ? callee['callee'] : undefined,
  )
}

/** Matches texts that are no sentences: of SQL, of programs, of pages, and lists of more than 20 words without a mark. */
const NO_SENTENCE =
  /\b(?:SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA|DROP|ALTER) |=> |\bconst \w+ = |\bimport \w|"\$\w|\{[^}]+;|<(?:!doctype|html|svg|div|meta|main|style)\b|^\s*(?:[\w?-]+\s+){20}[\w\s?-]*$/

/** Splits a paragraph into sentences of at least three words. */
function splitSentences(paragraph: string): string[] {
  if (NO_SENTENCE.test(paragraph)) return []
  const sentences = paragraph.replace(/\s+/g, ' ').split(/(?<=[.!?])\s+(?=[A-Z`"(*[])/)
  return sentences.map((sentence) => sentence.trim()).filter((sentence) => sentence.split(' ').length >= 3 && /[a-z]/.test(sentence))
}

/** Cuts code and quotations out of a sentence, because other rules apply to them. */
function withoutQuotations(sentence: string): string {
  return sentence
    .replace(/`[^`]*`/g, '`code`')
    .replace(/"[^"]*"|“[^”]*”/g, '"text"')
    .replace(/\]\([^)]*\)/g, '](link)')
}
