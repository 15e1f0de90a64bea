export { type GameTestOptions, type MoveCount, type TestFunction, testGame } from './testing/game.ts'
export type { MovePicker } from './testing/playthrough.ts'
export { type ProtocolTestOptions, testProtocol } from './testing/protocol.ts'
