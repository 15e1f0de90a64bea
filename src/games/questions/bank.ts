import { internet } from './internet.ts'
import { messages } from './messages.ts'
import { networks } from './networks.ts'
import { python } from './python.ts'
import type { Question } from './question.ts'
import { servers } from './servers.ts'
import { sockets } from './sockets.ts'
import { tcp } from './tcp.ts'
import { udp } from './udp.ts'
import { unicode } from './unicode.ts'

/** bank is the built-in list of questions on networks, sockets and characters, for servers without questions of their own. */
export const bank: readonly Question[] = [
  ...networks,
  ...internet,
  ...tcp,
  ...udp,
  ...sockets,
  ...messages,
  ...servers,
  ...python,
  ...unicode,
]
