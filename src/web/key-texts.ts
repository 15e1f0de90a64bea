/** Keys is a list of pairs: some keys, separated by blanks, and the effect of these keys. */
export type Keys = readonly (readonly [keys: string, effect: string])[]

/** The texts of the dialog with the keys of a view. */
export const keyTexts = {
  title: 'Keys',
  ofAll: [['?', 'these keys']] as Keys,
  /** The keys of each view, and of each game by the name of the game's rules. */
  of: {
    lobby: [
      ['arrows', 'from game to game'],
      ['Enter', 'play'],
      ['1 2 3', 'against any opponent, the house, a friend'],
    ],
    table: [
      ['b', 'to the board'],
      ['/', 'to the talk'],
      ['Esc', 'leave a field'],
      ['Enter', 'another game, when this game is over'],
      ['r', 'replay, when this game is over'],
    ],
    replay: [
      ['← →', 'one move back, one move forward'],
      ['Home End', 'first position, last position'],
      ['Space', 'play and pause'],
    ],
    protocol: [
      ['1 … 9', 'the legal message with this number'],
      ['← →', 'one step back, one step forward'],
      ['Home', 'the start'],
    ],
    class: [
      ['arrows', 'from program to program'],
      ['Enter', 'the wire of a program'],
      ['p', 'projector size'],
    ],
    wire: [
      ['↑ ↓', 'from row to row'],
      ['Space', 'pause and resume'],
      ['v', 'the next violation'],
      ['f', 'to the filter'],
      ['x', 'text, hexadecimal or both'],
    ],
    tictactoe: [
      ['arrows Home End', 'from cell to cell'],
      ['Enter', 'play this cell'],
      ['1 … 9', 'play a cell, on 3 × 3'],
    ],
    hands: [['1 2 3', 'scissor, paper, stone']],
    guessing: [
      ['0 … 9', 'type a number'],
      ['↑ ↓', 'one more, one less'],
      ['PageUp PageDown', 'ten more, ten less'],
      ['Enter', 'guess'],
    ],
    coin: [['h t', 'head, tail']],
    hangman: [['a … z', 'a letter']],
    quiz: [
      ['a … f', 'an answer'],
      ['arrows Enter', 'choose an answer'],
    ],
    robot: [['← ↑ →', 'left, forward, right']],
  } as Readonly<Record<string, Keys>>,
} as const
