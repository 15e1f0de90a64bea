import type { CorrectHandIn } from './hand-ins.ts'

/** The correct programs, each in another style. */
export const CORRECT: readonly CorrectHandIn[] = [
  { file: 'correct/threads.py', program: 'guess', role: 'server', robust: ['two-clients-at-once', 'restart-on-the-same-port'] },
  { file: 'correct/select-server.py', program: 'guess', role: 'server', robust: ['byte-by-byte', 'two-clients-at-once'] },
  { file: 'correct/socketserver-hello.py', program: 'hello', role: 'server', robust: ['gone-by-rst', 'restart-on-the-same-port'] },
  { file: 'correct/asyncio-chat.py', program: 'chat', role: 'client', robust: ['cut-inside-a-character', 'gone-by-rst'] },
  { file: 'correct/makefile.py', program: 'guess', role: 'client', robust: ['glued', 'illegal-message'] },
  { file: 'correct/polling.py', program: 'headtail', role: 'client', robust: ['byte-by-byte', 'gone-by-fin'] },
  { file: 'correct/read-write.c', program: 'guess', role: 'client', robust: ['crlf-lines', 'gone-by-rst'] },
  { file: 'correct/stdio.c', program: 'tictactoe', role: 'client', robust: ['oversized-message', 'gone-by-silence'] },
  { file: 'correct/streams.js', program: 'hangman', role: 'client', robust: ['byte-by-byte', 'crlf-lines'] },
  { file: 'correct/quiz-guest.py', program: 'quiz', role: 'client', robust: ['glued'] },
  {
    ...{ file: 'correct/scissors-input.py', program: 'scissors', role: 'server', args: '{PORT}', robust: ['glued', 'illegal-move'] },
    level: 'worksheet',
  },
  { file: 'correct/readline.js', program: 'guess', role: 'client', robust: ['slow', 'gone-by-fin'] },
]

const PYTHON = { beside: ['lines.py'] } as const
const NODE = { beside: ['lines.js'] } as const

/** The examples of the project, which a student reads. Each is judged by the check that found a mistake in one of them. */
export const EXAMPLES: readonly CorrectHandIn[] = [
  { ...PYTHON, file: 'examples/python/guess_client.py', program: 'guess', role: 'client', robust: ['gone-by-rst'] },
  { ...PYTHON, file: 'examples/python/guess_server.py', program: 'guess', role: 'server', robust: ['gone-by-rst'] },
  { ...PYTHON, file: 'examples/python/headtail_client.py', program: 'headtail', role: 'client', robust: ['gone-by-rst'] },
  { ...PYTHON, file: 'examples/python/number_client.py', program: 'number', role: 'client', robust: ['gone-by-rst'] },
  { ...PYTHON, file: 'examples/python/tictactoe_client.py', program: 'tictactoe', role: 'client', robust: ['gone-by-rst'] },
  { ...NODE, file: 'examples/js/guess_client.js', program: 'guess', role: 'client', robust: ['gone-by-rst'] },
  { ...NODE, file: 'examples/js/hangman_client.js', program: 'hangman', role: 'client', robust: ['gone-by-rst'] },
  { ...NODE, file: 'examples/js/number_server.js', program: 'number', role: 'server', robust: ['gone-by-rst'] },
  { beside: ['lines.c'], file: 'examples/c/guess_client.c', program: 'guess', role: 'client', robust: ['gone-by-rst'] },
  {
    ...{ beside: ['lines.c'], file: 'examples/c/parrot_server.c', program: 'chat', role: 'server', robust: ['gone-by-rst'] },
    unclaimed: 'two-clients-at-once',
  },
]
