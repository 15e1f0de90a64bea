"""Quiz server for guests that ends a quiz without a rank"""
import socket
import sys
import threading

QUESTIONS = [
    ("Which port is meant for HTTP?", ["22", "80", "443"], "B"),
    ("Which call waits for a client?", ["accept", "connect"], "A"),
    ("What ends a line?", ["a blank", "a line feed"], "B"),
]


class Player:
    def __init__(self, conn):
        self.lines = conn.makefile("rw", newline="\n", encoding="utf-8")

    def say(self, text):
        self.lines.write(text + "\n")
        self.lines.flush()

    def hear(self):
        line = self.lines.readline()
        if line == "" or line.strip() == "QUIT":
            raise EOFError
        return line.strip()

    def hear_letter(self, count):
        while True:
            self.say("ANSWER?")
            letter = self.hear().upper()
            if len(letter) == 1 and letter in "ABCDEF"[:count]:
                return letter
            self.say("ERROR answer with the letter of an option")

    def quiz(self, count):
        points = 0
        for number in range(count):
            text, options, right = QUESTIONS[number % len(QUESTIONS)]
            self.say("QUESTION %d %d %s" % (number + 1, count, text))
            for letter, option in zip("ABCDEF", options):
                self.say(letter + " " + option)
            if self.hear_letter(len(options)) == right:
                points += 1
                self.say("RIGHT %d" % points)
            else:
                self.say("WRONG %s %d" % (right, points))
        self.say("TOTAL %d %d" % (points, count))

    def play(self):
        word, _, name = self.hear().partition(" ")
        while word != "NAME" or name == "":
            self.say("ERROR say NAME and your name")
            word, _, name = self.hear().partition(" ")
        self.say("Welcome " + name)
        while True:
            word, _, count = self.hear().partition(" ")
            if word == "START" and count.isdigit() and 1 <= int(count) <= 50:
                self.quiz(int(count))
            else:
                self.say("ERROR START a quiz of 1 to 50 questions")


def serve(conn):
    with conn:
        try:
            Player(conn).play()
        except (EOFError, OSError):
            print("a player has left", flush=True)


listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
while True:
    connection, _ = listener.accept()
    threading.Thread(target=serve, args=(connection,), daemon=True).start()
