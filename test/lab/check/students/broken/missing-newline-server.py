import random
import socket
import sys

HOST = sys.argv[1]
PORT = int(sys.argv[2])

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((HOST, PORT))
server.listen(5)
print("Waiting for a player...")

while True:
    conn, addr = server.accept()
    print("Player", addr)
    secret = random.randint(1, 100)
    won = False
    for i in range(5):
        conn.send("GUESS".encode())
        guess = int(conn.recv(100).decode())
        if guess == secret:
            conn.send("WIN".encode())
            won = True
            break
        elif guess < secret:
            conn.send("LOW".encode())
        else:
            conn.send("HIGH".encode())
    if not won:
        conn.send("GAMEOVER".encode())
    conn.close()
