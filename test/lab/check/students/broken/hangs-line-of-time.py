import os
import socket
from datetime import datetime
from threading import Thread


def serve(conn):
    with conn, conn.makefile("rw") as f:
        for line in f:
            f.write(datetime.now().strftime(line.strip()))
            f.flush()


listener = socket.create_server((os.environ["HOST"], int(os.environ["PORT"])))
while True:
    conn, _ = listener.accept()
    Thread(target=serve, args=(conn,), daemon=True).start()
