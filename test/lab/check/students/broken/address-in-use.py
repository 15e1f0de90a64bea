"""Program 3: the server, with a class"""
import os
import socket


class HelloServer:
    def __init__(self, host, port):
        self.listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.listener.bind((host, port))
        self.listener.listen(1)
        print(f"[*] Listening on {host}:{port}")

    def serve(self):
        while True:
            conn, addr = self.listener.accept()
            print(f"[*] {addr[0]} has connected")
            conn.sendall("Hello from server\n".encode())
            conn.shutdown(socket.SHUT_RDWR)
            conn.close()


HelloServer(os.environ["HOST"], int(os.environ["PORT"])).serve()
