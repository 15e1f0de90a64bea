import type { Clock } from '../../base/clock.ts'
import type { Random } from '../../games/game.ts'
import { seededRandom } from '../../games/random.ts'
import { isEndless } from '../../protocol/automaton.ts'
import { Conversation } from '../../protocol/conversation.ts'
import type { Options, Program } from '../../protocol/definition.ts'
import { HouseSeating } from '../../protocol/house-seating.ts'
import type { Side } from '../../protocol/message-spec.ts'
import type { Transport } from '../../wire/transport.ts'
import { type Directions, NumberSearch, ReceivedText } from './number-search.ts'
import { OutcomeSeating } from './outcome-seating.ts'
import { candidateLines, Typist } from './typist.ts'
import { unusualLines } from './unusual-lines.ts'

/** Number of lines of each side after which the judge stops a conversation whose protocol has no end. */
const EXCHANGES = 6

/**
 * Script determines one conversation as far as the judge can: the lines that both people type, and the random choices of the judge's
 * side. Against a program that makes no random choice of its own, the same script gives the same conversation.
 */
export interface Script {
  readonly seed: number
  /** The side whose person quits, and the number of lines that this person types before. */
  readonly quits?: { readonly side: Side; readonly after: number } | undefined
  /** The side whose person also types lines that a game does not allow, and texts of unusual length. */
  readonly unusual?: Side | undefined
  /** The texts that the person of the side `unusual` types if its message may be any text; by default, a long text and a short text. */
  readonly texts?: readonly string[] | undefined
  /** The answers by which the judge's person searches for a number; by default, the person types numbers at random. */
  readonly search?: Directions | undefined
  /** Lines that the person at the program under test types after the first line, although the game does not allow them. */
  readonly wrong?: readonly string[] | undefined
  /** Lines that the judge's person types first, if the game allows them, such as the cells of a row. */
  readonly aims?: readonly string[] | undefined
  /** True if the judge's person prefers the lines by which a person plays well. The program must declare these lines. */
  readonly isSkilled?: boolean
}

export interface ScriptedSideOptions {
  readonly program: Program
  readonly options: Options
  /** The side that the script plays. */
  readonly side: Side
  readonly script: Script
  readonly transport: Transport
  readonly random: Random
  /** The people of both sides. `startScriptedSide` adds the person of its side to them before the role of that side starts. */
  readonly people: Set<Typist>
  /** Called with each line before the role gets it, and with `undefined` when the person stops typing. */
  readonly typed?: (line: string | undefined, prompt: string) => Promise<void>
  /** Called if the role refuses a line after which the worksheet's program would crash. */
  readonly warned?: () => void
  /** Text that the person types in place of a message that can be any text. */
  readonly text?: string | undefined
  readonly clock: Clock
}

/** ScriptedSide is one side of a conversation: Parlor's own role, and the person who types for it. */
export interface ScriptedSide {
  readonly conversation: Conversation
  /** The outcomes of the games at which its role sat, in words. */
  readonly outcomes: readonly string[]
  /** The lines that its role has printed for the person. */
  readonly said: readonly string[]
  /** The sentences of its role on messages that the role has answered, although they are wrong. */
  readonly complaints: readonly string[]
  /** Returns the last situation of its game as text; `undefined` without a game. */
  board(): string | undefined
}

/** Numbers of the random sequences that belong to one seed, by their use. */
export const SEQUENCES = { programTypist: 0, judgeTypist: 1, programRole: 2, judgeRole: 3 } as const

/** Returns the number of lines after which the judge stops a conversation; `undefined` for a protocol that has an end. */
export function enoughLines({ protocol }: Program): number | undefined {
  return isEndless(protocol.automaton) ? EXCHANGES : undefined
}

/** Starts one side of a conversation. `sequence` is the random sequence of its person. */
export function startScriptedSide(
  { program, options, side, script, transport, random, people, typed, warned, text, clock }: ScriptedSideOptions,
  sequence: number,
): ScriptedSide {
  const outcomes: string[] = []
  const complaints: string[] = []
  let board: (() => string) | undefined
  const isJudge = sequence === SEQUENCES.judgeTypist
  const skilled: Program['skilled'] = isJudge && script.isSkilled === true ? program.skilled : undefined
  const typist = new Typist({
    automaton: program.protocol.automaton,
    declared: script.unusual === side ? unusualLines(program, side, script.texts) : { ...program.typed, ...skilled },
    enough: enoughLines(program),
    quitsAfter: script.quits?.side === side ? script.quits.after : undefined,
    ...{ side, text, warned, ...(typed && { typed }) },
    wrong: sequence === SEQUENCES.programTypist ? script.wrong : undefined,
    aims: (state) => (isJudge ? (skilled?.[state] ?? script.aims ?? []) : []),
    random: seededRandom(script.seed + sequence),
    state: () => conversation.state,
  })
  people.add(typist)
  const received = new ReceivedText(transport)
  const lines = () => candidateLines(program.protocol.automaton, conversation.state, side).lines
  const isSearch = script.search !== undefined && isJudge
  const console = isSearch
    ? new NumberSearch({ directions: script.search, received, lines, typist, random: seededRandom(script.seed), typed })
    : typist
  const conversation: Conversation = new Conversation({
    ...{ program, options, side, random, clock, console },
    transport: isSearch ? received : transport,
    observer: { onNote: (kind, sentence) => kind === 'rejected' && complaints.push(sentence) },
    createSeating: (peer, opponentFor) => {
      if (program.needs && side === 'server') return new HouseSeating(peer, random)
      return new OutcomeSeating({
        ...{ side, opponentFor, random },
        onBroken: (reason) => conversation.stop(reason),
        onOutcome: (outcome) => outcomes.push(outcome),
        onView: (view) => {
          board = view
        },
      })
    },
  })
  return { conversation, outcomes, said: typist.said, complaints, board: () => board?.() }
}
