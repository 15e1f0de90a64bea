# Guess the number, client
from socket import *

host = input("Server address: ")
port = int(input("Port: "))

client = socket(AF_INET, SOCK_STREAM)
client.connect((host, port))

while True:
    text = client.recv(1024).decode()
    if text == "":
        break
    print("Server says", text)
    if "WIN" in text or "GAMEOVER" in text:
        break
    if "GUESS" in text:
        guess = input("Enter a number from 1 to 100: ")
        client.send(guess.encode())

client.close()
