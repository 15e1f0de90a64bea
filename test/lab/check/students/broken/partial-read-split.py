import socket
import sys


class GuessClient:
    def __init__(self, host, port):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.sock.connect((host, port))
        self.running = True

    def handle(self, word):
        if word == "GUESS":
            number = input("Guess: ")
            self.sock.sendall((number + "\n").encode("utf-8"))
        elif word == "LOW":
            print("Too low!")
        elif word == "HIGH":
            print("Too high!")
        elif word == "WIN":
            print("You have won!")
            self.running = False
        elif word == "GAMEOVER":
            print("Game over.")
            self.running = False

    def run(self):
        while self.running:
            data = self.sock.recv(4096)
            if not data:
                print("connection lost")
                break
            # there can be more than one word
            for word in data.decode("utf-8").split("\n"):
                self.handle(word)
        self.sock.close()


GuessClient(sys.argv[1], int(sys.argv[2])).run()
