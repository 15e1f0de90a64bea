"""Two things counting at once, each in a thread: python3 counting.py [LONGEST PAUSE IN SECONDS]"""

import random
import sys
import threading
import time

PAUSE = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0


def count(who):
    """Counts to 10, and dawdles. It knows nothing of the other one."""
    for number in range(1, 11):
        time.sleep(random.uniform(0, PAUSE))
        print(f"{who} {number}", flush=True)
    print(f"{who} is done", flush=True)


threads = [threading.Thread(target=count, args=(who,)) for who in ("left", "    right")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("both are done")
