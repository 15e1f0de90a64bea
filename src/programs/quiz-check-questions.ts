import type { Question } from '../games/questions/question.ts'

/**
 * checkQuestions are the questions that `parlor check` asks a client. Each shipped question has four options, but a client must read as
 * many options as the server sends. So these questions have two to five options, and characters of several bytes.
 */
export const checkQuestions: readonly Question[] = [
  {
    text: 'Is UTF-8 an encoding in which “é” has two bytes?',
    options: ['yes', 'no'],
    right: 0,
    explanation: 'ASCII has no “é”, so UTF-8 needs a second byte for it.',
  },
  {
    text: 'Which protocol sends datagrams – without a connection?',
    options: ['TCP', 'UDP', 'HTTP'],
    right: 1,
  },
  {
    text: 'Which call waits for a client?',
    options: ['bind', 'connect', 'accept – of a socket that listens', 'close'],
    right: 2,
  },
  {
    text: 'How many bytes does the character “€” have in UTF-8?',
    options: ['1', '2', '3', '4', '5'],
    right: 2,
    explanation: 'UTF-8 needs three bytes for the characters from U+0800 to U+FFFF.',
  },
]
