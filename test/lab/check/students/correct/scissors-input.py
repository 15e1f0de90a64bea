import socket
import sys

NAMES = {1: "Scissor", 2: "Paper", 3: "Stone"}
BEATS = {1: 2, 2: 3, 3: 1}
QUESTION = "Player1: Enter (1) Scissor,                         (2) Paper or (3) Stone : "


def choose():
    while True:
        text = input(QUESTION).strip()
        if text in ("1", "2", "3"):
            return int(text)


with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as server:
    client, _ = server.accept()
    with client, client.makefile("rw", newline="\n") as stream:

        def say(text):
            stream.write(text + "\n")
            stream.flush()

        wins = [0, 0]
        for _ in range(3):
            say("CHOOSE")
            own = choose()
            while (line := stream.readline().strip()) not in ("1", "2", "3"):
                if line in ("", "QUIT"):
                    sys.exit()
                say("ERROR 1, 2 or 3, please")
                say("CHOOSE")
            other = int(line)
            say(f"ROUND {NAMES[own]} {NAMES[other]}")
            print("Player1: ", NAMES[own])
            print("Player2: ", NAMES[other])
            if BEATS[own] == other:
                wins[0] += 1
            if BEATS[other] == own:
                wins[1] += 1
        say(f"END {wins[0]} {wins[1]}")
