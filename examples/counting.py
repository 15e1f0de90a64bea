"""Two things counting at once, each in a thread: python3 counting.py [LONGEST PAUSE IN SECONDS]

It needs Python 3.8 or newer, and nothing besides.
"""

import random
import sys
import threading
import time

PAUSE = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0


def say(text):
    """Prints a line in one piece: print() writes the line's end on its own, and the other thread may come between."""
    print(text + "\n", end="", flush=True)


def count(who):
    """Counts to 10, and dawdles. It knows nothing of the other one."""
    for number in range(1, 11):
        time.sleep(random.uniform(0, PAUSE))
        say(f"{who} {number}")
    say(f"{who} is done")


threads = [threading.Thread(target=count, args=(who,)) for who in ("left", "    right")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
say("both are done")
