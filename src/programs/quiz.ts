import type { Question } from '../games/questions/question.ts'
import { type QuizView, quiz } from '../games/quiz.ts'
import { defineAutomaton, type ReceivedMessage } from '../protocol/automaton.ts'
import { type Console, type Options, type Program, type Protocol, plainLines, readOption } from '../protocol/definition.ts'
import { client, clientCloses, type Side, server } from '../protocol/message-spec.ts'
import type { FileOption } from '../protocol/option.ts'
import type { Peer } from '../protocol/peer.ts'
import { askUntil, isSameName } from '../protocol/roles.ts'
import { type HallAccess, type HallSeat, requireHall } from '../protocol/seating.ts'
import { ruleViolation } from '../protocol/violation-text.ts'
import {
  compact,
  compactText,
  findSecretsAfterKeyword,
  hasKeyword,
  type SecretSpan,
  type SecretsContext,
  toSpan,
} from '../wire/secret-masking.ts'
import { pythonInt } from './python/values.ts'
import { checkQuestions } from './quiz-check-questions.ts'
import { QuizJudge } from './quiz-judge.ts'

/** The questions from which the quiz chooses. */
export const questions: FileOption<readonly Question[]> = {
  kind: 'file',
  name: 'questions',
  about: 'quiz: questions of your own, in Moodle’s GIFT, Open Trivia DB’s JSON, or CSV',
  side: 'server',
  setting: true,
  unset: 'the shipped questions',
  async read(text, file) {
    const { detectFormat, parseQuestions, QuestionError } = await import('../games/questions/parse.ts')
    try {
      const found = await parseQuestions(text, detectFormat(file, text))
      return { value: found.questions, skipped: found.skipped.map(({ message }) => message) }
    } catch (error) {
      if (error instanceof QuestionError) return { refused: error.message.split('\n'), skipped: [] }
      throw error
    }
  },
}

const automaton = defineAutomaton({
  messages: {
    REGISTER: client('REGISTER {name} {password}', {
      example: 'REGISTER ada engine-1843',
      accepts: /^REGISTER (\S+) (\S.*)$/,
      ...{ free: true, advanced: true },
    }),
    LOGIN: client('LOGIN {name} {password}', {
      example: 'LOGIN ada engine-1843',
      accepts: /^LOGIN (\S+) (\S.*)$/,
      ...{ free: true, advanced: true },
    }),
    NAME: client('NAME {name}', { example: 'NAME ada', about: 'plays as a guest', free: true }),
    Welcome: server('Welcome {name}', { example: 'Welcome ada' }),
    START: client('START {n}', { example: 'START 5', accepts: /^START +(-?\d{1,15}) *$/, about: '1 to 50 questions' }),
    RESUME: client('RESUME', { about: 'resumes an unfinished quiz' }),
    RESUMED: server('RESUMED {i} {n} {points}', { example: 'RESUMED 3 5 1', accepts: /^RESUMED (\d+) (\d+) (\d+) *$/ }),
    QUESTION: server('QUESTION {i} {n} {text}', {
      example: 'QUESTION 3 5 Which port is meant for HTTP?',
      accepts: /^QUESTION (\d+) (\d+) (.+)$/,
    }),
    option: server('{letter} {text}', { example: 'A 80', accepts: /^([A-F]) (.+)$/ }),
    ask: server('ANSWER?', { asks: true }),
    letter: client('{letter}', { example: 'A', accepts: /^ *([A-Za-z]) *$/ }),
    RIGHT: server('RIGHT {points}', { example: 'RIGHT 2', accepts: /^RIGHT (\d+) *$/ }),
    WRONG: server('WRONG {letter} {points}', {
      example: 'WRONG C 1',
      accepts: /^WRONG ([A-F]) (\d+) *$/,
      about: 'the right letter',
    }),
    TOTAL: server('TOTAL {points} {n}', { example: 'TOTAL 4 5', accepts: /^TOTAL (\d+) (\d+) *$/ }),
    RANK: server('RANK {rank} {of}', {
      example: 'RANK 2 17',
      accepts: /^RANK (\d+) (\d+) *$/,
      about: 'rank among all players, by the sum of their points',
    }),
    ERROR: server('ERROR {sentence}', {
      example: 'ERROR you have a quiz that is not finished: RESUME it',
      about: 'why the server refused a message, or why it disconnects',
    }),
    QUIT: client('QUIT', { bye: true }),
    closed: clientCloses,
  },
  start: 'nameless',
  states: {
    nameless: { NAME: 'naming', REGISTER: 'naming', LOGIN: 'naming' },
    naming: { Welcome: 'ready', ERROR: 'nameless' },
    ready: { START: 'starting', RESUME: 'starting', RESUMED: 'resumed' },
    starting: { QUESTION: 'asking', RESUMED: 'resumed', ERROR: 'ready' },
    resumed: { QUESTION: 'asking' },
    asking: { option: 'asking', ask: 'asked' },
    asked: { letter: 'judging', ask: 'asked' },
    judging: { RIGHT: 'judged', WRONG: 'judged', ERROR: 'asked' },
    judged: { QUESTION: 'asking', TOTAL: 'done' },
    done: { RANK: 'ready', ERROR: 'ready' },
    end: {},
  },
  always: { QUIT: 'end', closed: 'end' },
  automatic: { server: ['naming', 'starting', 'resumed', 'asking', 'judging', 'judged', 'done'] },
  refusal: 'ERROR',
  secrets: findQuizSecrets,
})

type Name = keyof typeof automaton.messages
type State = keyof typeof automaton.states
type Seat = HallSeat<string, QuizView>

const LETTERS = 'ABCDEF'

const protocol: Protocol<Name, State> = {
  name: 'quiz',
  title: 'questions, points and ranks; the server saves every answer',
  automaton,
  framing: plainLines,

  async server(peer, { seating, options }) {
    const hall = requireHall(seating)
    await logIn(peer, hall)
    while (peer.state !== 'end') {
      const { name, fields } = await peer.receive()
      if (name === 'RESUME') await resume(peer, hall)
      if (name === 'START') await begin(peer, hall, Number(fields[0]), options)
    }
  },

  async client(peer, { console }) {
    await introduce(peer, console)
    const judge = new QuizJudge()
    for (;;) {
      // this line reads the state before receive(), because receive() changes the state immediately if a message has already arrived
      const { state } = peer
      const coming = peer.receive()
      if (state === 'ready' && !(await chooseLength({ peer, console, judge }, coming))) return
      if (state === 'asked' && !(await chooseAnswer({ peer, console, judge }, coming))) return
      const message = await coming
      const wrong = judge.check(message.name, message.fields)
      if (wrong !== undefined) throw ruleViolation(message.text, wrong)
      show(message, console)
    }
  },
}

/** Player has the parameters that the functions of the client's side share. */
interface Player {
  readonly peer: Peer<Name, State>
  readonly console: Console
  readonly judge: QuizJudge
}

/** Held is a quiz that a user has resumed. */
interface Held {
  readonly chair: Seat
  readonly view: QuizView
}

/** Logs the peer in, unless it disconnects. A guest resumes an unfinished quiz immediately. */
async function logIn(peer: Peer<Name, State>, hall: HallAccess): Promise<void> {
  for (;;) {
    const { name, fields } = await peer.receive()
    if (peer.state === 'end') return
    const [user = '', password = ''] = fields
    const how = name === 'LOGIN' ? { password } : {}
    const refusal = name === 'REGISTER' ? await hall.register(user, password) : await hall.logIn(user, how)
    if (refusal) {
      peer.refuse(refusal.refused)
      continue
    }
    // the server resumes the quiz before it sends Welcome, so that Welcome and RESUMED leave together, and no command of the client crosses
    // RESUMED
    const held = name === 'NAME' ? await resumeSeat(hall) : undefined
    peer.send('Welcome', hall.name ?? user)
    if (held) await goOn(peer, hall, held)
    return
  }
}

async function begin(peer: Peer<Name, State>, hall: HallAccess, count: number, options: Options): Promise<void> {
  if (count < 1 || count > 50) return peer.refuse(`a quiz has 1 to 50 questions, not ${count}`)
  if (hall.holds(quiz.name)) return peer.refuse('you have a quiz that is not finished: RESUME it')
  const bank = readOption(options, questions) ?? (await import('../games/questions/bank.ts')).bank
  const chair = await hall.seek(quiz, { options: { questions: bank, count }, seats: [0], wait: 0, rated: true, held: true })
  const { view } = await chair.next()
  await askQuestions(peer, hall, chair, view)
}

async function resume(peer: Peer<Name, State>, hall: HallAccess): Promise<void> {
  const held = await resumeSeat(hall)
  if (held) await goOn(peer, hall, held)
  else peer.refuse('you have no open quiz: send START')
}

/** Resumes the peer's unfinished quiz; `undefined` if there is no such quiz. */
async function resumeSeat(hall: HallAccess): Promise<Held | undefined> {
  const chair = hall.resume(quiz)
  return chair && { chair, view: (await chair.next()).view }
}

async function goOn(peer: Peer<Name, State>, hall: HallAccess, { chair, view }: Held): Promise<void> {
  peer.send('RESUMED', view.open?.number ?? view.count, view.count, view.points)
  await askQuestions(peer, hall, chair, view)
}

/** Asks the remaining questions, and sends points and rank. Returns early if the peer disconnects. */
async function askQuestions(peer: Peer<Name, State>, hall: HallAccess, chair: Seat, start: QuizView): Promise<void> {
  for (let view = start; view.open; ) {
    peer.send('QUESTION', view.open.number, view.count, view.open.text)
    for (const [at, text] of view.open.options.entries()) peer.send('option', LETTERS.charAt(at), text)
    peer.send('ask')
    if (!(await receiveAnswer(peer, chair))) return
    ;({ view } = await chair.next())
    if (view.last?.correct) peer.send('RIGHT', view.points)
    else peer.send('WRONG', view.last?.right ?? '', view.points)
    if (!view.open) peer.send('TOTAL', view.points, view.count)
  }
  const place = await hall.rank(quiz.name)
  if (place) peer.send('RANK', place.rank, place.of)
  else peer.refuse('your points are saved, but your rank is not available now')
}

/** Receives answers until an answer is valid. Resolves to false if the peer disconnects. */
async function receiveAnswer(peer: Peer<Name, State>, chair: Seat): Promise<boolean> {
  for (;;) {
    const { fields } = await peer.receive()
    if (peer.state === 'end') return false
    const refusal = chair.play(fields[0] ?? '')
    if (!refusal) return true
    peer.refuse(refusal.refused)
  }
}

/** Asks for a name and a password until the server accepts both. */
async function introduce(peer: Peer<Name, State>, console: Console): Promise<void> {
  for (;;) {
    const name = (await console.ask('Your name: ')).trim()
    const password = (await console.ask('Your password (nothing to play as a guest): ')).trim()
    if (name === '') continue
    if (password === '') peer.send('NAME', name)
    else peer.send((await askYesNo(console, 'Is the name registered already (y/n)? ')) ? 'LOGIN' : 'REGISTER', name, password)
    const answer = await peer.receive()
    if (answer.name === 'Welcome' && !isSameName(answer.fields[0], name))
      throw ruleViolation(answer.text, `the name was ${JSON.stringify(name)}`)
    show(answer, console)
    if (answer.name === 'Welcome') return
  }
}

async function askYesNo(console: Console, question: string): Promise<boolean> {
  for (;;) {
    const answer = (await console.ask(question)).trim().toLowerCase()
    if (answer.startsWith('y')) return true
    if (answer.startsWith('n')) return false
    console.say('Type y for yes, or n for no.')
  }
}

/** Starts or resumes a quiz, as the person chooses, unless `interruption` settles first. Resolves to false if the person quits. */
async function chooseLength({ peer, console, judge }: Player, interruption: Promise<unknown>): Promise<boolean> {
  for (;;) {
    const prompt = 'How many questions (1 to 50; RESUME to continue, QUIT to leave)? '
    const typed = (await askUntil(interruption, console, { prompt, atEnd: 'QUIT' }))?.trim().toUpperCase()
    // a message of the server can arrive before the input
    if (typed === undefined || peer.state !== 'ready') return true
    if (typed === 'QUIT') return quit(peer)
    const count = Number(pythonInt(typed))
    if (typed === 'RESUME') peer.send('RESUME')
    else if (count >= 1 && count <= 50) {
      judge.start(count)
      peer.send('START', count)
    } else {
      console.say('Type a number from 1 to 50, RESUME or QUIT.')
      continue
    }
    return true
  }
}

/** Sends the person's answer, unless `interruption` settles first. Resolves to false if the person quits. */
async function chooseAnswer({ peer, console, judge }: Player, interruption: Promise<unknown>): Promise<boolean> {
  for (;;) {
    const typed = (await askUntil(interruption, console, { prompt: 'Your answer (QUIT to leave): ', atEnd: 'QUIT' }))?.trim().toUpperCase()
    if (typed === undefined || peer.state !== 'asked') return true
    if (typed === 'QUIT') return quit(peer)
    if (!/^[A-F]$/.test(typed)) {
      console.say('Type the letter of one of the options, or QUIT.')
      continue
    }
    judge.answer(typed)
    peer.send('letter', typed)
    return true
  }
}

function quit(peer: Peer<Name, State>): false {
  peer.send('QUIT')
  return false
}

function show({ name, text, fields: [first = '', second = '', third = ''] }: ReceivedMessage<Name>, console: Console): void {
  if (name === 'Welcome') console.say(text)
  if (name === 'ERROR') console.say(first)
  if (name === 'RESUMED') console.say(`You continue with question ${first} of ${second}. Points so far: ${third}.`)
  if (name === 'QUESTION') console.say(`\nQuestion ${first} of ${second}: ${third}\n`)
  if (name === 'option') console.say(`  ${first}  ${second}`)
  if (name === 'RIGHT') console.say(`Right! Points: ${first}.`)
  if (name === 'WRONG') console.say(`Wrong, it is ${first}. Points: ${second}.`)
  if (name === 'TOTAL') console.say(`\nThe end: ${first} of ${second} right.`)
  if (name === 'RANK') console.say(`Your rank, by all your points: ${first} of ${second}.`)
}

/** FH slides, task 5.1: a quiz with its three bonuses (ranks, saved games, accounts). */
export const programs: readonly Program<Name, State>[] = [
  {
    name: 'fh/quiz',
    source: '003 task 5.1',
    protocol,
    words: undefined,
    port: 5051,
    takes: [questions],
    // a client without accounts asks for the name alone, and no client has to offer RESUME
    typed: { nameless: ['ada', ''], ready: ['1', '2', '3'], asked: ['A', 'B'] },
    checkServer: { options: { questions: checkQuestions } },
    needs: 'hall',
    host: {},
    join: {},
  },
]

/** Matches the start of a message without a password, also with typical mistakes of students: in quotes, or in lower case. */
const KNOWN =
  /^[^a-z\d]*(?:\d+:)?(?:[bu]?['"] *)?(?:(?:NAME|START|RESUME|QUIT|ANSWER|Welcome|RESUMED|QUESTION|RIGHT|WRONG|TOTAL|RANK)\b|START *[+-]?\d|[A-Z]+ \S+ HTTP\/)/i
/** Matches the first word of a message, with the signs that precede it. */
const FIRST_WORD = /^[^a-z\d]*[a-z\d]*/i

/**
 * Finds the passwords in a message of the quiz. A client's text that is not a message of the protocol can be a misspelled `LOGIN`, so
 * everything after its first word is a secret. After a `LOGIN` without a password, the first word is a secret, too.
 */
function findQuizSecrets(from: Side, text: string, { last = '', before = '', whole = false }: SecretsContext): readonly SecretSpan[] {
  if (from === 'server') return []
  const behindKeyword = findSecretsAfterKeyword(text)
  if (behindKeyword.length > 0) return behindKeyword
  if (KNOWN.test(compactText(text)) || hasKeyword(text)) return []
  const short = compact(text)
  const first = FIRST_WORD.exec(short.text)?.[0] ?? ''
  const rest = toSpan(text, first.length === 0 ? 0 : (short.places[first.length - 1] ?? 0) + 1)
  const isAnswer = whole && /^\W*\w?\W*$/.test(short.text)
  if (rest.length > 0 && !isAnswer && short.text.slice(first.length).trim() !== '') return rest
  return !isAnswer && (hasKeyword(last) || hasKeyword(before)) ? toSpan(text, 0) : []
}
