"""Whole lines over a socket.

TCP carries bytes, not messages. One recv() may return half a line, or two and a
half lines. So Lines buffers the bytes, and returns a line when it is complete.

It needs Python 3.8 or newer, and nothing else.
"""


class ConnectionEnded(Exception):
    """The other side has closed, and no whole line is left."""


class Lines:
    """Reads and writes lines that end in LF, as UTF-8."""

    def __init__(self, sock):
        self.sock = sock
        self.waiting = b""  # bytes that were received and not yet returned

    def read(self):
        """Returns the next line, without its end."""
        while b"\n" not in self.waiting:
            piece = self.sock.recv(1024)
            # An empty piece means that the other side has closed. Asking again
            # would return an empty piece again, immediately and forever.
            if piece == b"":
                raise ConnectionEnded("the other side has closed the connection")
            self.waiting += piece
        # Only a whole line is decoded: a piece may end in the middle of a character.
        line, self.waiting = self.waiting.split(b"\n", 1)
        if line.endswith(b"\r"):
            line = line[:-1]
        return line.decode("utf-8", errors="replace")

    def write(self, text):
        """Sends a line. sendall() continues until the system has accepted every byte; send() may stop earlier."""
        self.sock.sendall(text.encode("utf-8") + b"\n")
