"""The client of the quiz for guests: it asks for no password, and ends if the server refuses a message."""
import socket
import sys


def main():
    with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as s, s.makefile(
        "rw", encoding="utf-8", errors="replace", newline="\n"
    ) as lines:

        def send(text):
            lines.write(text + "\n")
            lines.flush()

        send("NAME " + input("Your name: "))
        print(lines.readline().rstrip())
        send("START " + input("How many questions (1-50): "))
        is_over = False
        for line in lines:
            print(line.rstrip())
            if is_over:
                send("QUIT")
                return
            if line.startswith("ERROR"):
                sys.exit("the server has refused a message")
            if line.startswith("ANSWER?"):
                send(input("Your answer: "))
            is_over = line.startswith("TOTAL")


try:
    main()
except OSError as error:
    sys.exit(f"the connection to the server is broken: {error}")
