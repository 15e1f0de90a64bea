/*
 * The public face of Parlor, which a plug-in imports as `parlor`. Other modules of Parlor may change in any version. A plug-in is a
 * module that exports `games` and `programs`; `parlor serve --plugin FILE` loads it.
 */

export { defineGame, defineTurnGame, type InTurn, type TurnGame } from './games/define.ts'
export {
  follow,
  type Game,
  type GameAssets,
  type GameScreen,
  type GameSettings,
  isRefusal,
  type Notation,
  type Outcome,
  type Players,
  type Random,
  type Refusal,
  type Seat,
  type SeatNumber,
  type SettingInfo,
  type Situation,
} from './games/game.ts'
export { type Automaton, defineAutomaton, type ReceivedMessage } from './protocol/automaton.ts'
export { defineProgram, defineProtocol } from './protocol/define.ts'
export {
  type Console,
  EndOfInput,
  type Options,
  type Program,
  type Protocol,
  type RoleContext,
  readOption,
  type SoloProgram,
} from './protocol/definition.ts'
export { client, clientCloses, either, type MessageSpec, server } from './protocol/message-spec.ts'
export type { FileContent, FileOption, FlagOption, ProgramOption, TextOption } from './protocol/option.ts'
export type { Peer } from './protocol/peer.ts'
export { playAtConsole, playForPeer } from './protocol/roles.ts'
export { type HallAccess, type HallSeat, requireHall, type Seating, type SeekOptions } from './protocol/seating.ts'
export type { Framing } from './wire/framing/framing.ts'
export { decimalPrefixed, fixedLength, lengthPrefixed } from './wire/framing/length-prefixed.ts'
export { lines } from './wire/framing/lines.ts'
export { segments } from './wire/framing/unframed.ts'
