import socket
import sys

with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as s, s.makefile("rw", encoding="utf-8", newline="\n") as lines:

    def send(text):
        lines.write(text + "\n")
        lines.flush()

    send("NAME " + input("Your name: "))
    print(lines.readline().rstrip())
    send("START " + input("How many questions (1-50): "))
    line = lines.readline()
    while line.startswith("QUESTION"):
        print(line.rstrip())
        for _ in range(4):
            print(lines.readline().rstrip())
        if not lines.readline():
            sys.exit("the server has gone")
        send(input("Your answer: "))
        result = lines.readline()
        while result == "ANSWER?\n":
            result = lines.readline()
        print(result.rstrip())
        line = lines.readline()
    print(line.rstrip())
    print(lines.readline().rstrip())
    send("QUIT")
