"""What ProcessPoolExecutor and pebble tell of an item that ends badly.

Twenty-one items go through two workers; the eleventh misbehaves. Prints one line of JSON per peer
and behaviour: what its caller was told of that item, and how many of the other twenty had their result.
"""
import ctypes
import json
import multiprocessing
import os
import resource
import signal
import sys
import tempfile
import threading

BAD = 10
ITEMS = 21
LIMIT = 10  # seconds
PID_FILE = tempfile.NamedTemporaryFile().name


def exits():
    sys.exit(3)


def halts():
    os._exit(137)


def segfaults():
    ctypes.string_at(1)


def eats_the_heap():
    limit = 512 << 20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    held = []
    while True:
        held.append(bytearray(1 << 20))


def is_killed():
    os.kill(os.getpid(), signal.SIGKILL)


def overflows_the_stack(n=0):
    return overflows_the_stack(n + 1)


def deadlocks():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


BEHAVIOURS = {
    "exit(3)": exits,
    "halt(137)": halts,
    "SIGSEGV": segfaults,
    "heap full": eats_the_heap,
    "kill -9": is_killed,
    "stack overflow": overflows_the_stack,
    "deadlock": deadlocks,
}


def work(behaviour, item):
    if item == BAD:
        with open(PID_FILE, "w") as file:
            file.write(str(os.getpid()))
        BEHAVIOURS[behaviour]()
    return 3 * item


def told(get):
    """What a caller sees of a future."""
    try:
        return None, get()
    except BaseException as e:
        text = (type(e).__name__ + ": " + str(e).split("\n")[0]).rstrip(": ")
        code = getattr(e, "exitcode", None)
        return text + (f" (exitcode {code})" if code is not None else ""), None


def summary(peer, behaviour, answers):
    others = sum(1 for i, (error, value) in enumerate(answers) if i != BAD and value == 3 * i)
    text = answers[BAD][0]
    if behaviour == "deadlock" and os.path.exists("/proc/" + open(PID_FILE).read()):
        text += "; its process hangs on"
    print(json.dumps({"peer": peer, "behaviour": behaviour, "told": text, "others": others}), flush=True)


def process_pool_executor(behaviour):
    from concurrent.futures import ProcessPoolExecutor

    pool = ProcessPoolExecutor(2)
    futures = []
    for i in range(ITEMS):
        try:
            futures.append(pool.submit(work, behaviour, i))
        except BaseException:
            futures.append(None)  # the pool broke while we were still submitting
    answers = [
        told(lambda: f.result(timeout=LIMIT)) if f else ("BrokenProcessPool at submit", None)
        for f in futures
    ]
    left = [p for p in pool._processes.values() if p.is_alive()] if pool._processes else []
    summary("ProcessPoolExecutor", behaviour, answers)
    for p in left:  # else the program would not end
        p.kill()


def pebble(behaviour):
    from pebble import ProcessPool

    with ProcessPool(max_workers=2) as pool:
        futures = [pool.schedule(work, args=[behaviour, i], timeout=LIMIT) for i in range(ITEMS)]
        answers = [told(f.result) for f in futures]
    summary("pebble", behaviour, answers)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    peer = {"ProcessPoolExecutor": process_pool_executor, "pebble": pebble}[sys.argv[1]]
    peer(sys.argv[2])
    os._exit(0)
