import os
from socketserver import StreamRequestHandler, ThreadingTCPServer


class Hello(StreamRequestHandler):
    def handle(self):
        try:
            self.wfile.write(b"Hello from server\n")
        except OSError:
            print("a client has gone")


class Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


with Server((os.environ["HOST"], int(os.environ["PORT"])), Hello) as server:
    server.serve_forever()
