"""Two counters at the same time, each in a thread: python3 counting.py [LONGEST PAUSE IN SECONDS]

It needs Python 3.8 or newer, and nothing else.
"""

import random
import sys
import threading
import time

PAUSE = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0


def say(text):
    """Prints a line in one write: print() writes the line's end separately, and the other thread could write between the two."""
    print(text + "\n", end="", flush=True)


def count(who):
    """Counts to 10, with a random pause after each number. It knows nothing of the other counter."""
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
