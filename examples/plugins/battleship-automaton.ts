import { client, clientCloses, defineAutomaton, server, type TextOption } from 'parlor'

/**
 * The protocol of Battleship between a server and two clients; the clients have names, and the server matches
 * them.
 */
export const automaton = defineAutomaton({
  messages: {
    NAME: client('NAME {name}', { example: 'NAME ada' }),
    HELLO: server('HELLO {name}', { example: 'HELLO ada' }),
    TURN: server('TURN {shot}', { example: 'TURN b4', about: 'the last shot of the opponent, or -' }),
    SHOT: client('SHOT {cell}', { example: 'SHOT b4' }),
    HIT: server('HIT'),
    MISS: server('MISS'),
    OVER: server('OVER {how}', { example: 'OVER won', accepts: /^OVER (won|lost)$/ }),
    ERROR: server('ERROR {sentence}', { example: 'ERROR you have shot at b4 already' }),
    closed: clientCloses,
  },
  start: 'nameless',
  states: {
    nameless: { NAME: 'naming', closed: 'end' },
    naming: { HELLO: 'waiting', ERROR: 'nameless' },
    waiting: { TURN: 'aiming', OVER: 'end', closed: 'end' },
    aiming: { SHOT: 'judging', OVER: 'end', closed: 'end' },
    judging: { HIT: 'waiting', MISS: 'waiting', ERROR: 'aiming', OVER: 'end' },
    end: {},
  },
  automatic: { server: ['naming', 'judging'] },
  refusal: 'ERROR',
})

/** An option of the program: `host` and `serve` take it on the command line, and parlor.toml as a setting. */
export const patience: TextOption<number> = {
  kind: 'text',
  name: 'battleshipWait',
  spelling: 'battleship-wait',
  metavar: 'seconds',
  about: 'battleship: how long to wait for an opponent before the house plays',
  side: 'server',
  setting: true,
  unset: '10',
  expected: 'a number of seconds from 0 to 999',
  parse: (text) => (/^\d{1,3}$/.test(text) ? Number(text) : undefined),
}
