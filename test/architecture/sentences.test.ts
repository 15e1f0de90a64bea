import { join } from 'node:path'
import { expect, test } from 'vitest'
import { kinds } from './sentence-kinds.ts'
import { readSentences, sentencesOf } from './sentences.ts'

const root = join(import.meta.dirname, '../..')

/** Sentences that have a kind for a reason: a part of each, and the reason. */
const ALLOWED: readonly (readonly [file: string, part: string, why: string])[] = [
  ['CHANGELOG.md', 'Keep a Changelog', 'the name of a format'],
  ['src/door/session.ts', '{} tells you: {}', 'a line of the front door that users know'],
  ['src/cli/operator-commands.ts', 'parlor serve', 'examples, one a line'],
  ['test/config/config.test.ts', 'keep', 'the name of a setting'],
  ['test/door/names.test.ts', 'tell everybody', 'input of a user'],
  ['test/door/names.test.ts', 'play tictactoe nobody', 'input of a user'],
  ['test/hall/names.test.ts', 'henry tells you', 'input of a user'],
  ['test/hall/table-actor.test.ts', 'kept() resolves', 'the name of a function'],
]

function isAllowed(file: string, source: string): boolean {
  return ALLOWED.some(([allowed, part]) => allowed === file && source.includes(part))
}

const sentences = readSentences(root)

test('finds the sentences of the whole project', () => {
  const count = (prefix: string) => sentences.filter(({ file }) => file.startsWith(prefix)).length
  expect(count('src/')).toBeGreaterThan(10_000)
  expect(count('docs/')).toBeGreaterThan(1000)
  expect(count('test/')).toBeGreaterThan(5000)
})

test.each(kinds.map((kind) => [kind.name, kind] as const))('no sentence has: %s', (_, { finds, advice, exceptTests = false }) => {
  const found = sentences
    .filter((sentence) => !(exceptTests && sentence.file.startsWith('test/')))
    .filter((sentence) => finds(sentence.text, sentence) && !isAllowed(sentence.file, sentence.source))
    .map(({ file, line, source }) => `${file}:${line}: ${source}`)
  expect(found, advice).toEqual([])
})

test('every exception is needed', () => {
  const used = ALLOWED.filter(([file, part]) =>
    sentences.some((one) => one.file === file && one.source.includes(part) && kinds.some(({ finds }) => finds(one.text, one))),
  )
  expect(used).toEqual(ALLOWED)
})

/** Returns the names of the kinds of a comment. */
function kindsOf(comment: string): string[] {
  const [sentence] = sentencesOf('src/a.ts', `/** ${comment} */\n`)
  return sentence ? kinds.filter(({ finds }) => finds(sentence.text, sentence)).map(({ name }) => name) : []
}

test.each([
  ['one', 'The last message replaces an earlier one.'],
  ['no noun for a person', 'True if nobody is at the table.'],
  ['whatever', 'Resets the socket, whatever the peer sends.'],
  ['who without a noun', 'Shows the line and who has sent it.'],
  ['what', 'Drops what follows.'],
  ['a word with two meanings', 'Reads all rows at once.'],
  ['an old or Latin word', 'A close ends the role, and thereby the game.'],
  ['a vague verb', 'The actor keeps the last state.'],
  ['this or that without a noun', 'That makes an append cheap.'],
  ['is to', 'The peer is to answer next.'],
  ['future', 'The next read will fail.'],
  ['inversion', 'A guest has no password, nor does the house.'],
  ['contraction', "The peer doesn't read."],
  ['two negations', 'The line is not sent unless the peer reads.'],
  ['count as', 'A reset counts as an end.'],
  ['a sentence that points without a noun', 'The peer closes, and the role reports that.'],
  ['a preposition at the end', 'Returns the line that the role waits for.'],
  ['need not', 'A role need not send an answer.'],
  ['too long a line', 'Refuses too long a line.'],
  ['a verb that is left out', 'Returns the line that looks legal but is not.'],
  ['all of which', 'Reads three files, all of which are small.'],
  ['from before', 'Reads messages from before the end.'],
  ['a look', 'Milliseconds between two looks at the file.'],
  ['a word twice', 'A clause on the messages that that side sends.'],
  ['before without a noun', 'Rejects if the server ends before.'],
  ['British spelling', 'Formats a line without colours.'],
  ['a phrase behind a semicolon', 'Resolves when the peer is ready; or with the error of the peer.'],
  ['without and with', 'Finds the program without a network with a name.'],
  ['each time when', 'The lane waits each time when the queue is full.'],
  ['it is its turn', 'Finds a program that waits although it is its turn.'],
  ['a far clause', 'Notifies the user, except at the table, that the game has ended.'],
  ['nested clauses', 'Finds a client that sends a message that the server that plays refuses.'],
  [
    'a long sentence',
    'The server sends each client of the port the last message of the protocol that the client has chosen at the begin of the conversation and waits with the end of the process until all of them have closed their sides of the connection.',
  ],
])('detects %s', (kind, comment) => expect(kindsOf(comment)).toEqual([kind]))

test.each([
  'Seat 0 is to move.',
  'Says what to do.',
  'A user who has left the table.',
  'Sends the name, who is not quoted `whatever`.',
  'Options of `serve`: address, port, limits, logs, metrics, certificates, keys, sockets, plug-ins, folders, sizes, times, waits, names, rates, seats, games, tables, seeks, users, links, rooms and codes of all.',
])('accepts %j', (comment) => expect(kindsOf(comment)).toEqual([]))

test('reads comments, texts, pages and titles of tests, but no code', () => {
  const page = 'A first line.\n\n```sh\nno such line\n```\n\n| a cell here | another cell here |\n'
  expect(sentencesOf('docs/a.md', page).map(({ source }) => source)).toEqual(['A first line.', 'a cell here', 'another cell here'])
  const code = "// one line\n// and its rest\nconst a = 'a text of it'\ntest('a title of a test', () => say('not this text'))\n"
  expect(sentencesOf('src/a.ts', code).map(({ source }) => source)).toEqual([
    'one line and its rest',
    'a text of it',
    'a title of a test',
    'not this text',
  ])
  expect(sentencesOf('test/a.test.ts', code).map(({ source }) => source)).toEqual(['one line and its rest', 'a title of a test'])
})
