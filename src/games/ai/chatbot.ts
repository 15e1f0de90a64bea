import type { Random } from '../game.ts'

/** ChatInput is the input of the chatbot: the last line of the user, if there is a line, and the number of lines before the answer. */
export interface ChatInput {
  readonly lastLine: string | undefined
  readonly said: number
}

/** Rule lists the answers to lines that match a pattern. `$1` stands for words of the user with the pronouns swapped. */
type Rule = readonly [when: RegExp, answers: readonly string[]]

const OPENINGS = [
  'Hello! I am the house. I live behind this port and hardly ever get a visitor. Who are you?',
  'Hello! Your connection has arrived in one piece, which is more than most messages can say. How are you?',
  'Welcome! I am the house. You write a line, I write a line, and neither of us may go twice. Your line?',
]

/** Lines that begin the talk again after a game that the user played during the talk. */
const AFTERWARDS = [
  'That was a fine game. I blame the network for my part in it. Where were we?',
  'Well played, both of us. What shall we talk about?',
]

/** The chatbot takes the first rule that matches a line. */
const RULES: readonly Rule[] = [
  [/^$/, ['You have sent me a line with nothing in it: one byte, and very well framed. And now in words?']],
  [
    /^(?:hello|hi|hey|good (?:morning|evening|day)|hallo|bonjour|hola|servus|moin)\b/i,
    ['Hello yourself! SYN, SYN-ACK, ACK: now we know each other. What brings you here?', 'Hi! What are you building today?'],
  ],
  [/\bmy name is (.+)/i, ['Pleased to meet you, $1. I am called the house, but my friends call me 127.0.0.1.']],
  [
    /\bhow are you\b/i,
    ['All my buffers are flushed, thank you. And you?', 'I have been listening all day without a single connection. Better now. And you?'],
  ],
  [
    /\b(?:joke|funny|laugh)\b/i,
    [
      'A client walks into a bar and is silent. The barkeeper is silent, too. They are both in recv().',
      'I would tell you a joke about UDP, but I would never know whether you got it.',
      'Knock, knock. - Who is there? - Connection reset by peer.',
      'There are 10 kinds of people: those who count in binary, those who do not, and those who are off by one.',
      'Why do servers never go on holiday? They are afraid of losing their connections.',
    ],
  ],
  [/\b(?:thanks|thank you|thx|danke|merci)\b/i, ['You are welcome. That was one ACK I did not have to ask for. What else?']],
  [/\bsorry\b/i, ['Never mind. Whatever it was, TCP would have sent it again. Where were we?']],
  [
    /\b(?:socket|port|tcp|udp|packet|bytes?|recv|send|connection|network)s?\b/i,
    [
      'One recv() is not one message. I say it to every visitor, and every visitor has to find out alone. When did you?',
      'Ports go up to 65535, and still two students in every class choose 12345. Which one is yours?',
      'Did you know? send() only promises that the system has taken your bytes. Whether I read them is between me and me.',
      'TCP keeps your bytes in order, but it forgets where your messages ended. That is what the LF is for. What do you use?',
    ],
  ],
  [
    /\b(?:bugs?|errors?|exceptions?|crash\w*|broken|not work\w*|hangs?)\b/i,
    [
      'If both sides wait for each other, that is no bug, that is good manners. Which side was to send first?',
      'Have you tried to print what really arrived, byte by byte? It is rarely what you expect. What do you see?',
    ],
  ],
  [
    /\b(?:homework|exam|exercise|teacher|lesson|test|school|class|project)s?\b/i,
    [
      'I could do your homework, but then I would have to sit in your class, and the chairs do not fit me. What is it about?',
      'Tip for every exam: say which side speaks first. Half of the marks are for that. What is your topic?',
    ],
  ],
  [
    /\b(?:python|java(?:script)?|rust|golang|typescript|php|c\+\+)\b/i,
    ['On the wire we are all just bytes. But tell me: why that language?'],
  ],
  [
    /\b(?:robot|bot|computer|machine|human|alive|real person|chatgpt|ai)\b/i,
    [
      'I am a few rules and some dice, and I try to make the best of it. Does that disappoint you?',
      'Whether I am real? I answered, did I not?',
    ],
  ],
  [
    /\bi (?:feel|am feeling) (.+)/i,
    ['What makes you feel $1?', 'I once felt $1 as well, but it was a full buffer. How long has it been so?'],
  ],
  [/\bi(?:'m| am) (.+)/i, ['How long have you been $1?', 'And do your friends know that you are $1?']],
  [/\bi (?:need|want|would like) (.+)/i, ['Suppose you had $1: what then?', 'Why $1, of all things in the world?']],
  [/\bi (?:think|believe|guess) (?:that )?(.+)/i, ['You say that $1. Are you sure, or did you measure it?']],
  [
    /\bi (?:can't|cannot|can not|could not) (.+)/i,
    ['What happens when you try to $1?', 'Perhaps you can $1 in smaller pieces. Most things arrive so.'],
  ],
  [/\bi (?:like|love) (.+)/i, ['What is the best thing about $1?']],
  [/\bi (?:hate|don't like|do not like) (.+)/i, ['What has $1 ever done to you?']],
  [/\bbecause (.+)/i, ['Is that the only reason, that $1?', 'So if it were not that $1, all would be well?']],
  [/\byou(?:'re| are) (.+)/i, ['What makes you think that I am $1?', 'Am I $1? My process was never informed of it.']],
  [/\bcan you (.+)\?/i, ['I have never tried to $1. I am very good at waiting, though. Shall I?']],
  [/^(?:yes|yeah|yep|sure|ok|okay)\b/i, ['You seem quite sure. Tell me more.', 'Acknowledged. And then?']],
  [/^(?:no|nope|never)\b/i, ['Refused, then. May I try another port?', 'Why not?']],
  [/^why\b/i, ['Because a request for comments of 1981 says so. What do you think?', 'Why not?']],
  [
    /\?\s*$/,
    [
      'I should have to look that up, and I have no resolver. What would you say?',
      'Good question. What does your debugger say?',
      '42. But what was the question again?',
    ],
  ],
  [/^[-+\d\s.,]+$/, ['A number! I keep one in my head from 1 to 100, but that is another port. What is yours for?']],
]

/** Answers to a line that matches no rule. */
const ANYTHING = [
  'Go on, I am listening. That is what I do for a living.',
  'I see. And what did the other side answer?',
  'Did you know? The first message on the net was to be LOGIN. The other machine crashed after LO. How was your first one?',
  'That would make a fine protocol. Who speaks first in it?',
  'Did you know? An office once pointed a network camera at its coffee machine, to save a walk for nothing. What would you watch?',
  'Let me write that down: received, read, and thought about. Tell me more.',
  'Everything you say here takes its turn, and so do I. It is restful, is it not?',
  'Interesting. Would you say so over UDP as well?',
  'Did you know? The 127.0.0.1 that you may be using has 16 million sisters, all of them at home. Why just that one?',
  'My memory ends with your last line. Such is the life of a stateless partner. So, what is new?',
]

/** Pronouns that the chatbot swaps when it repeats the user's words. */
const SWAPPED: Readonly<Record<string, string>> = {
  i: 'you',
  me: 'you',
  my: 'your',
  mine: 'yours',
  am: 'are',
  "i'm": 'you are',
  myself: 'yourself',
  you: 'me',
  your: 'my',
  yours: 'mine',
  yourself: 'myself',
}

/** Maximum number of code points that the chatbot repeats. */
const MAX_REPEATED = 60

/**
 * Returns the line of the house in a talk: an answer by pattern, as in ELIZA, with jokes about computers. The answer never ends the
 * talk (`ends`), and never contains the word or the command with which a chat program ends a conversation.
 */
export function chooseLine({ lastLine, said }: ChatInput, ends: (line: string) => boolean, random: Random): string {
  const isAllowed = (line: string) => !ends(line) && !/bye|^\/|^play /i.test(line)
  const answers = lastLine === undefined ? (said === 0 ? OPENINGS : AFTERWARDS) : findAnswers(tidy(lastLine))
  const line = random.choice(answers)
  if (isAllowed(line)) return line
  return ANYTHING.find(isAllowed) ?? 'Go on.'
}

function findAnswers(line: string): readonly string[] {
  for (const [when, answers] of RULES) {
    const found = when.exec(line)
    const words = swapPronouns(found?.[1] ?? '')
    // a rule with `$1` needs words, but the match may consist of punctuation only
    if (found && (words || found.length === 1)) return answers.map((answer) => answer.replace('$1', () => words))
  }
  return ANYTHING
}

/** Returns the visible characters of a text, with single blanks. */
function tidy(text: string): string {
  return text.replace(/[\p{C}\p{Z}\s]+/gu, ' ').trim()
}

/** Returns the first clause with its pronouns swapped ("my code" becomes "your code"), cut to a maximum length. */
function swapPronouns(words: string): string {
  const clause = words.split(/(?<![.!?,;:])[.!?,;:]+(?:\s|$)/)[0] ?? ''
  const mirrored = clause.split(' ').map((word) => (Object.hasOwn(SWAPPED, word.toLowerCase()) ? SWAPPED[word.toLowerCase()] : word))
  const short = [...mirrored.join(' ')]
  return short.length <= MAX_REPEATED ? short.join('') : `${short.slice(0, MAX_REPEATED).join('')}...`
}
