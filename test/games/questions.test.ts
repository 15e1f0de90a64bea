import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  detectFormat,
  type ParsedQuestions,
  parseQuestions,
  type Question,
  QuestionError,
  type QuestionFormat,
} from '../../src/games/questions/parse.ts'
import { findQuestionFault } from '../../src/games/questions/question.ts'

/** Returns the questions of a text of which none is skipped. */
async function allOf(text: string, form?: QuestionFormat): Promise<readonly Question[]> {
  const { questions, skipped } = await parseQuestions(text, form)
  expect(skipped).toEqual([])
  return questions
}

/** Returns the sentences with which a text is refused, or questions of it are skipped. */
async function refusal(text: string, form: QuestionFormat): Promise<string> {
  try {
    const { questions, skipped } = await parseQuestions(text, form)
    if (skipped.length === 0) throw new Error(`not refused: ${JSON.stringify(questions)}`)
    return skipped.map(({ message }) => message).join('\n')
  } catch (error) {
    if (error instanceof QuestionError) return error.message
    throw error
  }
}

const CHOICE = 'supported are choices with one right answer, and true or false'
const RULES =
  'in GIFT, write answers in { }, one blank line between questions and none inside a question, and a \\ before ~ = # { } in a text'

describe('questions in GIFT', () => {
  test('reads a file with every kind of question', async () => {
    const text = `\ufeff// questions on ports
$CATEGORY: networks/ports

::Web:: Which port is \\{http\\}\\: 80 \\= web? {
  // the right option is the first
  =80 # Yes.
  ~443 # That is https.
  ~53
  ####RFC 9110, section 4.2.1
}

::TF 1=2:: [html]<p>2<sup>16</sup> ports, &quot;so&nbsp;many&quot; &lt;b&gt;</p> {FALSE#no#One <b>less</b>.}\r
\r
A port has {~8 ~%-50%24 =16 #Two bytes.} bits.

Its bits are {=16 ~32}.

[plain]Is <p> &amp; \\\\ a tag?\\nOr {T}

At 10:30, is 1+1=2 ~ #2? See http://[::1]/ {~%100%a -> b ~b::c}
`
    expect(await allOf(text, 'gift')).toEqual([
      { text: 'Which port is {http}: 80 = web?', options: ['80', '443', '53'], right: 0, explanation: 'RFC 9110, section 4.2.1' },
      { text: '2^16 ports, "so many" <b>', options: ['True', 'False'], right: 1, explanation: 'One less.' },
      { text: 'A port has _____ bits.', options: ['8', '24', '16'], right: 2, explanation: 'Two bytes.' },
      { text: 'Its bits are _____.', options: ['16', '32'], right: 0 },
      { text: 'Is <p> &amp; \\ a tag? Or', options: ['True', 'False'], right: 0 },
      { text: 'At 10:30, is 1+1=2 ~ #2? See http://[::1]/', options: ['a -> b', 'b::c'], right: 0 },
    ])
  })

  test('removes only tags that format text', async () => {
    const [question] = await allOf(
      '<p>connect(<host>, <port>) <!-- or --> if a < b &amp;lt; H<sub>2</sub>O? {=<code>x</code><br/>y ~<title>}',
      'gift',
    )
    expect(question).toEqual({ text: 'connect(<host>, <port>) if a < b &lt; H2O?', options: ['x y', '<title>'], right: 0 })
  })

  test.each([
    ['Name a port. {=80 =eighty}', `line 1: this asks for a text; ${CHOICE}`],
    ['Name a port. {80}', `line 1: this asks for a text; ${CHOICE}`],
    ['\n\nHow many? {#16:1}', `line 3: this asks for a number; ${CHOICE}`],
    ['Why? {}', `line 1: this asks for an essay; ${CHOICE}`],
    ['Match: {=a -> b =c -> d}', `line 1: this asks for pairs; ${CHOICE}`],
    ['Ports are numbers.', `line 1: there are no answers in { }; ${CHOICE}`],
    ['A? {T}\n\n// B\nB? {~%50%a ~%50%b ~c}', `line 4: a choice must have exactly one right answer; ${CHOICE}`],
    ['A? {=a ~%50%b ~c}', `line 1: a choice must have exactly one right answer; ${CHOICE}`],
    ['A? {=a =b ~c}', `line 1: a choice must have exactly one right answer; ${CHOICE}`],
    ['A? {~a ~b}', `line 1: a choice must have exactly one right answer; ${CHOICE}`],
    [
      'A?\n\n\nB\nC? {=a ~b',
      `line 1: there are no answers in { }; ${CHOICE}\nline 5: the { is not closed before the question ends; ${RULES}`,
    ],
    [
      'A? {=a\n\n~b}',
      `line 1: the { is not closed before the question ends; ${RULES}\nline 3: there is a } without a { before it; ${RULES}`,
    ],
    ['A? {T}\n// and\nB? {F}', `line 3: a second question begins without a blank line before it; ${RULES}`],
    ['A? {=a ~b} {=c ~d}', `line 1: a second question begins without a blank line before it; ${RULES}`],
    ['Is a } in {T}?', `line 1: there is a } without a { before it; ${RULES}`],
    ['A? {= ~b}', `line 1: a choice must have exactly one right answer; ${CHOICE}`],
    ['{=a ~b}', 'line 1: the question has no text'],
    ['A? {=a ~<b></b>}', 'line 1: an answer has no text'],
    ['A? {=a ~}', 'line 1: a question has 2 to 6 answers, and this question has 1'],
    ['A? {=a ~b ~a}', 'line 1: the answer "a" occurs twice'],
    ['A? {=a~b~c~d~e~f~g}', 'line 1: a question has 2 to 6 answers, and this question has 7'],
    ['What is <img src="x.png">? {T}', 'line 1: it contains a picture or other media, which a line of text cannot show'],
    ['A&#27;[2J? {T}', 'line 1: a question must not contain control characters or unpaired surrogates'],
    [`${'é'.repeat(2001)}? {T}`, 'line 1: one of its texts has 4003 bytes; the maximum is 4000'],
    ['// only a comment', 'the file contains no question'],
    ['', 'the file contains no question'],
  ])('%j is refused', async (text, sentence) => {
    expect(await refusal(text, 'gift')).toBe(sentence)
  })
})

describe('questions of Open Trivia DB', () => {
  const expected = [
    { text: 'Don\'t forget that π = 3.14 & is "round"?', options: ['Café', 'a+b'], right: 0 },
    { text: 'Is é é?', options: ['True', 'False'], right: 0 },
  ]
  const answer = (encode: (text: string) => string, type = encode) =>
    JSON.stringify({
      response_code: 0,
      results: expected.map(({ text, options: [right = '', ...wrong] }, at) => ({
        type: type(at ? 'boolean' : 'multiple'),
        difficulty: encode('easy'),
        category: encode('Mathematics'),
        question: encode(text),
        correct_answer: encode(right),
        incorrect_answers: wrong.map(encode),
      })),
    })
  const html = (text: string) =>
    text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll("'", '&#039;').replaceAll('é', '&eacute;').replaceAll('π', '&pi;')
  const url = (text: string) => encodeURIComponent(text).replaceAll("'", '%27')
  const base64 = (text: string) => Buffer.from(text).toString('base64')

  test.each([
    ['HTML codes', answer(html)],
    ['nothing', answer((text) => text.replaceAll('&', '&amp;'))],
    ['url3986', answer(url, (type) => type)],
    [
      'urlLegacy',
      answer(
        (text) => url(html(text)).replaceAll('%20', '+'),
        (type) => type,
      ),
    ],
    ['base64', answer(base64)],
  ])('in the encoding %s', async (_, text) => {
    expect(await allOf(`\ufeff${text}`, 'opentdb')).toEqual(expected)
    expect(await allOf(JSON.stringify(JSON.parse(text).results), 'opentdb')).toEqual(expected)
  })

  test.each(['<?xml version="1.0"?>\n<quiz>', '\ufeff<quiz>'])('names %j as XML of Moodle', async (text) => {
    await expect(parseQuestions(text, 'gift')).rejects.toThrow('this is Moodle XML: export the questions as GIFT instead')
  })

  test('does not read a sum as a blank', async () => {
    const text = '[{"question":"1+1","correct_answer":"2","incorrect_answers":["1"]}]'
    expect(await allOf(text, 'opentdb')).toEqual([{ text: '1+1', options: ['2', '1'], right: 0 }])
  })

  test.each([
    ['{', /^this is not JSON: .*\(line 1 column 2\)$/],
    ['{}', /^expected a response of Open Trivia DB, \{"results": \[\.\.\.\]\}, or a list of its questions$/],
    ['"Why?"', /^expected a response of Open Trivia DB/],
    ['{"response_code":5,"results":[]}', /^Open Trivia DB returned code 5 and no questions; too many requests: wait five seconds/],
    ['{"response_code":1,"results":[]}', /code 1 and no questions; it has fewer questions of this kind: request fewer$/],
    ['{"response_code":9,"results":[]}', /code 9 and no questions$/],
    ['{"response_code":0,"results":[]}', /^the file contains no question$/],
    ['[null]', /^question 1: expected the texts question and correct_answer, and the list incorrect_answers$/],
    [
      '[{"question":"Q","correct_answer":"a","incorrect_answers":["b"]},{"question":"Q","correct_answer":"a"}]',
      /^question 2: expected the texts/,
    ],
    ['[{"question":"Q","correct_answer":"a","incorrect_answers":[1]}]', /^question 1: expected the texts/],
    ['[{"question":"Q","correct_answer":"a","incorrect_answers":[]}]', /^question 1: a question has 2 to 6 answers/],
    ['[{"question":"Q","correct_answer":"a","incorrect_answers":["a"]}]', /^question 1: the answer "a" occurs twice$/],
    ['[{"question":"\\ud800","correct_answer":"a","incorrect_answers":["b"]}]', /^question 1: a question must not contain control/],
    ['[{"question":"%FF","correct_answer":"a","incorrect_answers":["b"]}]', /^question 1: "%FF" cannot be decoded$/],
    ['[{"type":"Ym9vbGVhbg==","question":"/w==","correct_answer":"","incorrect_answers":[]}]', /^question 1: "\/w==" cannot be decoded$/],
  ])('%s is refused', async (text, sentence) => {
    expect(await refusal(text, 'opentdb')).toMatch(sentence)
  })
})

test.each([
  ['<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n<question type="multichoice">', /^this is Moodle XML: .*as GIFT/],
  ['\ufeff\n<quiz>\n<question>', /^this is Moodle XML/],
  ['What is 1+1?\nA. 1\nB. 2\nANSWER: B\n', /^this is in the Aiken format of Moodle: .*as GIFT/],
  ['What?\r\nA) x\r\nB) y\r\nANSWER: A\r\n', /^this is in the Aiken format of Moodle/],
  ['<!DOCTYPE html>\n<html><body>What? {=a ~b}</body></html>', /^this is an HTML page/],
] as const)('names a file in a form that Parlor does not read: %j', async (text, sentence) => {
  for (const form of ['gift', 'csv', 'opentdb'] as const) expect(await refusal(text, form)).toMatch(sentence)
})

describe('questions in CSV', () => {
  test('reads quotes, line ends within fields, missing answers, blank lines, and columns in any order', async () => {
    const text = '\ufeffquestion,right,wrong,wrong,explanation\r\n"Say ""hi"",\r\nor",a,"b,c",d,why\r\n\r\n,,,,\r\nQ2, "x, z" ,y\r\n'
    expect(await allOf(text, 'csv')).toEqual([
      { text: 'Say "hi", or', options: ['a', 'b,c', 'd'], right: 0, explanation: 'why' },
      { text: 'Q2', options: ['x, z', 'y'], right: 0 },
    ])
    const other = 'Wrong 1;Right;Explanation;Wrong 2;Question\n1;2;;;"1 + 1, or 4 - 2?"\n'
    expect(await allOf(other, 'csv')).toEqual([{ text: '1 + 1, or 4 - 2?', options: ['2', '1'], right: 0 }])
    expect(await allOf('question\tright\twrong\nA\tb\tc\n', 'csv')).toEqual([{ text: 'A', options: ['b', 'c'], right: 0 }])
  })

  const columns = 'the first line must name the columns, as in question,right,wrong,wrong,wrong,explanation; explanation is optional'
  const quotes = 'put a field that contains " in quotes, and double each " inside it'
  test.each([
    ['', `line 1: ${columns}`],
    ['\nWhat?,a,b\n', `line 2: ${columns}`],
    ['question,right\n', `line 1: ${columns}`],
    ['Question,A,B,C,D,Correct\nx,1,2,3,4,A\n', `line 1: ${columns}; it has no column right and no column wrong`],
    ['question,question,right,wrong\n', `line 1: ${columns}`],
    ['question,right,wrong,explanation,explanation\n', `line 1: ${columns}`],
    ['question,right,wrong,points\n', `line 1: ${columns}`],
    ['question,right,wrong\n', 'the file contains no question'],
    ['question,right,wrong\nA,b,c,d\n', 'line 2: it has 4 fields, but the header has 3 columns'],
    ['question,right,wrong\nA,b\n', 'line 2: a question has 2 to 6 answers, and this question has 1'],
    ['question,right,wrong\nA,b,c\n\n,b,c\n', 'line 4: the question has no text'],
    ['question,right,wrong\r\n"A\r\nA",b,c\r\nA,,c\r\n', 'line 4: an answer has no text'],
    ['question,right,wrong\r\n"A\r\nA",b,b\r\n', 'line 2: the answer "b" occurs twice'],
    ['question,right,wrong\nA,"b"c,d\n', `line 2: ${quotes}`],
    ['question,right,wrong\nA,b,c\nA,"b,c\nA,b,c\n', `line 3: ${quotes}`],
  ])('%j is refused', async (text, sentence) => {
    expect(await refusal(text, 'csv')).toBe(sentence)
  })
})

describe('files of real programs', () => {
  test.each([
    ['a % that is no weight', 'Which conversion prints an int? {=%d ~%s ~%c}', ['%d', '%s', '%c'], 0],
    ['weights between two %', 'Q {~%100%5%d ~%-33.333%no ~%0%never}', ['5%d', 'no', 'never'], 0],
    ['a sign of right in place of a weight', 'Q {=%50%a ~b}', ['%50%a', 'b'], 0],
    ['~ before =', 'Is it? {~=yes ~no}', ['yes', 'no'], 0],
    ['an empty answer', 'Is it? {=yes ~no ~}', ['yes', 'no'], 0],
    ['empty answers with feedback', 'Is it? {~#nothing =yes# ~no#}', ['yes', 'no'], 0],
    ['an = within an answer', 'Is it? {~no=yes}', ['no', 'yes'], 1],
    ['a ~ within a text', 'Is \\~ it? {=a\\=b ~c\\~d\\}}', ['a=b', 'c~d}'], 0],
    ['an answer that is a number', 'Q {=0 ~1}', ['0', '1'], 0],
    ['arrows', 'Q {=a -> b ~c -> d}', ['a -> b', 'c -> d'], 0],
    ['colons', 'Q {=a:b ~::c::}', ['a:b', '::c::'], 0],
    ['braces in its text behind its answers', 'What is {=a ~b} in f(x) { return x }', ['a', 'b'], 0],
  ])('GIFT with %s is read as Moodle reads it', async (_, text, options, right) => {
    expect(await allOf(text, 'gift')).toMatchObject([{ options, right }])
  })

  test.each([
    ['::Q1\n::Is it? {=yes ~no}', 'Is it?'],
    ['::Q1:: Is it? {=yes ~no}', 'Is it?'],
    ['::Q1: {a}\n: b\n:: Is it? {=yes ~no}', 'Is it?'],
    ['::Is it? {=yes ~no}', 'Is it?'],
    ['::a\\:\\:b::Is it :: so? {=yes ~no}', 'Is it :: so?'],
  ])('reads GIFT with the title of %j', async (text, asked) => {
    expect(await allOf(text, 'gift')).toEqual([{ text: asked, options: ['yes', 'no'], right: 0 }])
  })

  test('reads true-false questions with and without feedback', async () => {
    const text = 'A {T#wrong}\n\nB {FALSE#wrong#right}\n\nC {TRUE##}\n\nD {F#a#b####general}\n\nE {=a#why#so ~b}'
    const explained = (await allOf(text, 'gift')).map(({ text, explanation }) => [text, explanation])
    expect(explained).toEqual([
      ['A', undefined],
      ['B', 'right'],
      ['C', undefined],
      ['D', 'general'],
      ['E', 'why#so'],
    ])
  })

  test('skips unusable questions only, and reports all of them together', async () => {
    const gift = 'A {T}\n\nWhy? {}\n\nB {F}\n\nHow many? {#3}\n\nC {=a'
    const csv = 'question,right,wrong\nA,b,c\nB,b\nC,"b"d,c\nD,b,c\nE,"b,c\nF,b,c\n'
    const json = JSON.stringify([
      { question: 'A', correct_answer: 'b', incorrect_answers: ['c'] },
      { question: 'B', correct_answer: 'b' },
      { question: 'C', correct_answer: 'b', incorrect_answers: ['c'] },
    ])
    const read = async (text: string, form: QuestionFormat) => {
      const { questions, skipped } = await parseQuestions(text, form)
      return [questions.map((one) => one.text).join(''), skipped.map(({ message }) => /^\w+ \d+/.exec(message)?.[0])]
    }
    expect(await read(gift, 'gift')).toEqual(['AB', ['line 3', 'line 7', 'line 9']])
    expect(await read(csv, 'csv')).toEqual(['ADF', ['line 3', 'line 4', 'line 6']])
    expect(await read(json, 'opentdb')).toEqual(['AC', ['question 2']])
  })

  test.each([
    ['empty columns behind the others', 'question;right;wrong;;\nQ;a;b;;\n'],
    ['empty fields behind the others', 'question;right;wrong\nQ;a;b;;;\n;;;;\n'],
    ['a line that names the separator', 'sep=;\r\nquestion;right;wrong\r\nQ;a;b\r\n'],
    ['an unusual separator', '"sep=|"\nquestion|right|wrong\nQ|a|b\n'],
    ['blank lines above', '\n\n  \nquestion\tright\twrong\nQ\ta\tb\n'],
  ])('reads CSV with %s', async (_, text) => {
    expect(await allOf(text, 'csv')).toEqual([{ text: 'Q', options: ['a', 'b'], right: 0 }])
  })

  test('reports a field behind the last column', async () => {
    expect(await refusal('question;right;wrong;;\nQ;a;b;;c\n', 'csv')).toBe('line 2: it has 5 fields, but the header has 3 columns')
    expect(await refusal('sep=;\nquestion;right;wrong\nQ;a;"b\n', 'csv')).toContain('line 3: ')
  })

  test('reads lists of Open Trivia DB without kinds and categories, in every encoding', async () => {
    const base64 = (text: string) => Buffer.from(text).toString('base64')
    const item = (encode: (text: string) => string, question = 'Is 1 + 1 = 2, Zoë?') =>
      JSON.stringify([{ question: encode(question), correct_answer: encode('yes & no'), incorrect_answers: [encode('Café')] }])
    const expected = { text: 'Is 1 + 1 = 2, Zoë?', options: ['yes & no', 'Café'] }
    expect(await allOf(item(base64), 'opentdb')).toMatchObject([expected])
    expect(await allOf(item(encodeURIComponent), 'opentdb')).toMatchObject([expected])
    const legacy = (text: string) => encodeURIComponent(text.replaceAll('&', '&amp;')).replaceAll('%20', '+')
    expect(await allOf(item(legacy), 'opentdb')).toMatchObject([expected])
    const kinds = JSON.stringify([{ type: 'multiple', question: 'V2hhdA==', correct_answer: 'QQ==', incorrect_answers: ['Qg=='] }])
    expect(await allOf(kinds, 'opentdb')).toMatchObject([{ text: 'What', options: ['A', 'B'] }])
    const plain = JSON.stringify([{ type: 'multiple', question: 'What', correct_answer: 'test', incorrect_answers: ['Paul'] }])
    expect(await allOf(plain, 'opentdb')).toMatchObject([{ text: 'What', options: ['test', 'Paul'] }])
    const words = JSON.stringify([{ question: 'Bach', correct_answer: 'True', incorrect_answers: ['Test'] }])
    expect(await allOf(words, 'opentdb')).toMatchObject([{ text: 'Bach', options: ['True', 'Test'] }])
  })

  test('recognizes an encoding by the category alone', async () => {
    const results = [{ category: 'Science%3A+Computers', question: 'Is+it', correct_answer: 'so', incorrect_answers: ['not+so'] }]
    expect(await allOf(JSON.stringify({ response_code: 0, results }), 'opentdb')).toEqual([
      { text: 'Is it', options: ['so', 'not so'], right: 0 },
    ])
  })
})

describe('properties of question files', () => {
  const line = fc
    .oneof(
      fc.lorem(),
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.constantFrom('->', 'a:b', '{x}', '<b>', '&lt;', '%50%x', '"', ',', '=~#', '\\n', '// x', 'a -> b'),
    )
    .map((text) => text.replace(/\s+/g, ' ').trim())
    .filter((text) => text !== '' && !text.includes('&&'))
  const question: fc.Arbitrary<Question> = fc
    .record({ text: line, options: fc.uniqueArray(line, { minLength: 2, maxLength: 6 }), right: fc.constant(0), explanation: line })
    .filter((one) => findQuestionFault(one) === undefined)
  const questions = fc.uniqueArray(question, { minLength: 1, maxLength: 5, selector: ({ text }) => text })

  const gift = (all: readonly Question[]) => {
    const escaped = (text: string) => `[plain]${text.replace(/[\\{}~=#:]/g, '\\$&')}`
    const answers = ({ options }: Question) => options.map((option, at) => `${at ? '~' : '='}${escaped(option)}`).join('\n')
    return all.map((one) => `${escaped(one.text)} {\n${answers(one)}\n####${escaped(one.explanation ?? '')}\n}`).join('\n\n')
  }
  const csv = (all: readonly Question[]) => {
    const rows = all.map(({ text, options, explanation }) => [text, explanation, ...options, '', '', '', ''].slice(0, 8))
    const quoted = rows.map((row) => row.map((field = '') => `"${field.replaceAll('"', '""')}"`).join(','))
    return ['question,explanation,right,wrong,wrong,wrong,wrong,wrong', ...quoted].join('\r\n')
  }
  const json = (all: readonly Question[]) =>
    JSON.stringify(
      all.map(({ text, options: [right, ...wrong] }) => ({
        type: 'multiple',
        question: text,
        correct_answer: right,
        incorrect_answers: wrong,
      })),
    ).replaceAll('&', '&amp;')

  test.each([
    ['gift', gift, (one: Question) => one],
    ['csv', csv, (one: Question) => one],
    ['opentdb', json, ({ explanation: _, ...one }: Question) => one],
  ] as const)('%s: reads any written texts', async (form, write, isStored) => {
    await fc.assert(
      fc.asyncProperty(questions, fc.constantFrom('\n', '\r\n', '\r'), async (all, end) => {
        expect(await allOf(write(all).replace(/\r?\n/g, end), form)).toEqual(all.map(isStored))
      }),
    )
  })

  test('any text is read as usable questions, or refused with a sentence', async () => {
    const piece = fc.oneof(
      line,
      fc.constantFrom(
        '{',
        '}',
        '=',
        '~',
        '#',
        '####',
        '::',
        ':',
        '\\',
        '\n',
        '\n\n',
        '{T}',
        ' {=a ~b}',
        '[html]',
        '"',
        ',',
        ';',
        '[',
        ']',
        '%',
      ),
    )
    const text = fc.oneof(
      fc.array(piece).map((pieces) => pieces.join('')),
      fc.string({ unit: 'binary' }),
      fc.json(),
    )
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom<QuestionFormat>('gift', 'opentdb', 'csv'), async (any, form) => {
        const header = form === 'csv' ? 'question,right,wrong\n' : ''
        const found = await parseQuestions(header + any, form).catch((reason: unknown) => reason)
        if (found instanceof QuestionError) expect(found.message).not.toMatch(/undefined|NaN|\[object/)
        else {
          const { questions, skipped } = found as ParsedQuestions
          for (const one of questions) expect(findQuestionFault(one)).toBeUndefined()
          for (const { message } of skipped) expect(message).not.toMatch(/undefined|NaN|\[object/)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('a duplicate question is asked once', async () => {
    const two = { text: 'A', options: ['b', 'c'], right: 0 }
    expect(await allOf('question,right,wrong\nA,b,c\nA,b,d\nA,b,c\n')).toEqual([two, { ...two, options: ['b', 'd'] }])
  })

  test.each([
    ['bank.gift', '{', 'gift'],
    ['bank.CSV', '', 'csv'],
    ['bank.tsv', '', 'csv'],
    ['bank.txt', 'sep=;\nquestion;right;wrong', 'csv'],
    ['C:\\my.files\\bank.json', '', 'opentdb'],
    ['bank.txt', '// GIFT\nA? {T}', 'gift'],
    ['bank.txt', '[html]A? {T}', 'gift'],
    ['bank.txt', ' [\n{"question":', 'opentdb'],
    ['bank.txt', '\ufeff{ "results": []}', 'opentdb'],
    ['bank.txt', 'Question;Right;Wrong\n', 'csv'],
    ['bank.json/bank', '"question",right,wrong\n', 'csv'],
    ['', '', 'gift'],
  ])('%s with %j in it is %s', (file, text, form) => {
    expect(detectFormat(file, text)).toBe(form)
  })
})
