import os
import sys
from socket import create_connection

s = create_connection((os.environ["HOST"], int(os.environ["PORT"])))
lines = s.makefile()
for line in lines:
    word = line.strip()
    if word == "GUESS":
        s.sendall((input("Enter guess (1-100): ").strip() + "\n").encode())
    elif word == "LOW":
        print("Your guess is too high.")
    elif word == "HIGH":
        print("Your guess is too low.")
    elif word == "WIN":
        print("You win!")
        sys.exit()
    elif word == "GAMEOVER":
        print("You ran out of tries! Game over.")
        sys.exit()
    else:
        print(word)
