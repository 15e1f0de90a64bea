import type { ToServer } from '../native/messages.ts'

/**
 * Cost of each command in the budget of a connection, in addition to 1 for its message. It follows from the work of the
 * server: building and writing a list, hashing a password, opening a table, reading a log. Long answers are charged separately.
 */
export const costs: Readonly<Record<ToServer['type'], number>> = {
  enter: 9,
  register: 19,
  password: 19,
  unregister: 19,
  session: 49,
  return: 4,
  logout: 0,
  games: 9,
  lobby: 9,
  ladder: 9,
  history: 9,
  seek: 9,
  cancel: 0,
  join: 9,
  accept: 9,
  refuse: 0,
  watch: 4,
  leave: 0,
  resume: 9,
  play: 0,
  say: 0,
  tell: 4,
  mute: 4,
  unmute: 4,
  watchers: 4,
  offer: 0,
  decline: 0,
  resign: 0,
  claim: 0,
  abort: 0,
  ping: 0,
  quit: 0,
}
