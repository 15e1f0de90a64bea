/** The rules of the games, by the name under which a game is asked for. */
export const RULES: Readonly<Record<string, string>> = {
  tictactoe:
    'Two players put their marks, O and X, into the cells of a square board in turn. O begins. On the board of 3 by 3 cells, three marks in a row, a column or a diagonal win; on a larger board it takes as many as a row has cells. A full board without such a line is a draw.',
  scissors:
    'Two players choose scissor, paper or stone at once, and do not see what the other chooses. Scissor cuts paper, paper wraps stone, stone breaks scissor; the same is a draw. After three rounds the player who has won more of them wins.',
  hangman:
    'A word is hidden. Name letters: each is shown wherever it stands in the word, and a letter that is not in it is a miss. You win when the word is found, and lose with the last miss, usually the eighth. A digit or another sign that is not in the word costs nothing here; in the program fh/hangman a digit costs a miss.',
  quiz: 'Questions with some answers each, of which one is right. Each right answer is a point, and all your points are added up on the ladder.',
  guess:
    'The server has drawn a number from 1 to 100. After each guess it says whether the number is higher or lower. You win if you find it with the tries that you have, usually seven.',
  headtail: 'The server tosses a coin. Say head or tail before it falls, as often as you like; "resign" stops.',
}
