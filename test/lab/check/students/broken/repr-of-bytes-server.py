import socketserver
import os


class Greeter(socketserver.StreamRequestHandler):
    def handle(self):
        message = b"Hello from server"
        self.wfile.write(f"{message}\n".encode())


socketserver.TCPServer.allow_reuse_address = True
with socketserver.TCPServer((os.environ["HOST"], int(os.environ["PORT"])), Greeter) as server:
    server.serve_forever()
