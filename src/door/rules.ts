/** The rules of the games, by their names in the catalogue. */
export const RULES: Readonly<Record<string, string>> = {
  tictactoe:
    'Two players put their marks, O and X, into the cells of a square board in turn. O begins. On the board of 3 by 3 cells, three marks in a row, a column or a diagonal win; on a larger board, a full row, column or diagonal wins. A full board without such a line is a draw.',
  scissors:
    'Two players choose scissor, paper or stone at the same time and do not see the choice of the other. Scissor cuts paper, paper wraps stone, stone breaks scissor; two equal choices are a draw. After three rounds, the player with more won rounds wins.',
  hangman:
    'A word is hidden. Name letters: each is shown wherever it stands in the word, and a letter that is not in it is a miss. You win when the word is found, and lose with the last miss, usually the eighth. A digit or another character that is not in the word costs nothing here; in the program fh/hangman, a digit costs a miss.',
  quiz: 'Each question has several answers, and one of them is right. Each right answer is a point. The ladder adds up all your points.',
  guess:
    'The server has drawn a number from 1 to 100. After each guess it says whether the number is higher or lower. You win if you find it within your number of tries, usually seven.',
  headtail: 'The server tosses a coin. Say head or tail before it falls, as often as you like; "resign" ends the game.',
}
