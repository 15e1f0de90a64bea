"""Guess server for many clients in one thread, with select"""
import random
import select
import socket
import sys

LONGEST = 1000


class Player:
    def __init__(self, sock):
        self.sock = sock
        self.secret = random.randint(1, 100)
        self.tries = 0
        self.buffer = b""
        self.is_over = False
        self.say("GUESS")

    def say(self, word):
        self.sock.sendall(word.encode() + b"\n")

    def receive(self):
        data = self.sock.recv(1024)
        if not data:
            self.is_over = True
        self.buffer += data
        while b"\n" in self.buffer and not self.is_over:
            line, self.buffer = self.buffer.split(b"\n", 1)
            self.judge(line)
        if len(self.buffer) > LONGEST:
            self.is_over = True

    def judge(self, line):
        self.tries += 1
        try:
            guess = int(line)
            self.say("WIN" if guess == self.secret else "LOW" if guess < self.secret else "HIGH")
            self.is_over = guess == self.secret
        except ValueError:
            self.say("Please enter number 1 to 100")
        if not self.is_over:
            self.is_over = self.tries == 5
            self.say("GAMEOVER" if self.is_over else "GUESS")


listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
players = {}
while True:
    readable, _, _ = select.select([listener, *players], [], [])
    for sock in readable:
        try:
            if sock is listener:
                client, address = listener.accept()
                print("Connected by", address)
                players[client] = Player(client)
                continue
            player = players[sock]
            player.receive()
            is_over = player.is_over
        except OSError:
            is_over = True
        if is_over and sock in players:
            del players[sock]
            sock.close()
