import socket
import sys

PAGE = "<p>It works</p>"
HEAD = ["HTTP/1.1 200 OK", "Content-Type: text/html", f"Content-Length: {len(PAGE)}", "Connection: close", "", ""]

with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as server:
    while True:
        client, _ = server.accept()
        with client, client.makefile("rb") as lines:
            while lines.readline().strip():
                pass
            client.sendall(("\n".join(HEAD) + PAGE).encode())
