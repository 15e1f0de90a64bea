"""Plays tic-tac-toe by chance, in JSON lines: python3 native_bot.py HOST PORT NAME [GAMES]

A seat has a token, and every event at its table has a number. After a lost connection, the bot sends the token and the
number of the last event that it knows on a new connection, and the server sends the events that it missed. It needs Python 3.8 or newer.
"""

import json
import random
import socket
import sys
import time

from lines import ConnectionEnded, Lines


def play(lines, name, seat):
    """Plays a game until it ends or the connection is lost. `seat` stores the seat and the last event number."""

    def say(**command):
        lines.write(json.dumps(command))

    lines.write("style json")
    while not lines.read().startswith("{"):
        pass  # the front door's text for people; the first line in JSON is `hello`
    if seat:
        say(type="resume", token=seat["token"], after=seat["n"])
    else:
        # `again`: the server may not have detected yet that the last connection is closed
        say(type="enter", name=name, again=True)
        say(type="seek", game="tictactoe", wait=1000)  # ms, and then the house takes the other seat
    while True:
        message = json.loads(lines.read())
        if message["type"] == "seated":
            seat.update({"n": 0, **message})
        elif message["type"] == "event":
            seat["n"] = message["n"]
            if message["what"]["type"] == "ended":
                winners = message["what"]["outcome"]["winners"]
                return "draw" if not winners else "won" if seat["seat"] in winners else "lost"
        elif message["type"] == "error" and message["code"] == "bad-token":
            return "over before we were back"
        elif message["type"] == "error" and message["code"] != "stale":
            sys.exit(f"the server says: {message['message']}")
        if message.get("sight", {}).get("turn"):
            free = [n for n, mark in enumerate(message["sight"]["view"]["cells"], 1) if mark == "-"]
            # `after`: if there are events that this client has not received, the server refuses the move as stale
            say(type="play", table=seat["table"], move=str(random.choice(free)), after=seat["n"])


if len(sys.argv) < 4 or not sys.argv[2].isdigit():
    sys.exit("usage: python3 native_bot.py HOST PORT NAME [GAMES]")
for _ in range(int(sys.argv[4]) if len(sys.argv) > 4 else 1):
    result, seat = None, {}
    while result is None:
        try:
            with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as sock:
                result = play(Lines(sock), sys.argv[3], seat)
        except (ConnectionEnded, OSError) as trouble:
            print(f"{trouble}: once more", file=sys.stderr)
            time.sleep(1)
    print(result, flush=True)
