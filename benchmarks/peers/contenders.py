"""The contenders that are not written in Java: NAME ITEMS WORKERS; prints one line of JSON.

Each starts its workers, runs all items for some seconds to warm up, then once more, timed.
"""
import json
import subprocess
import sys
import time

WARM_UP = 6  # seconds, as in Timed.java


def triple(x):
    return 3 * x


def timed(items, run):
    begun = time.perf_counter()
    while True:
        run(items)
        if time.perf_counter() - begun >= WARM_UP:
            break
    start = time.perf_counter()
    check = run(items)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "items": items, "check": check}), flush=True)


def pool_imap_unordered(items, workers):
    import multiprocessing

    with multiprocessing.Pool(workers) as pool:
        timed(items, lambda n: sum(pool.imap_unordered(triple, range(n), chunksize=256)))


def process_pool_executor(items, workers):
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(workers) as pool:
        timed(items, lambda n: sum(pool.map(triple, range(n), chunksize=1)))


def joblib_loky(items, workers):
    from joblib import Parallel, delayed

    with Parallel(n_jobs=workers) as parallel:
        timed(items, lambda n: sum(parallel(delayed(triple)(i) for i in range(n))))


def pebble_map(items, workers):
    from pebble import ProcessPool

    with ProcessPool(max_workers=workers) as pool:
        timed(items, lambda n: sum(pool.map(triple, range(n), chunksize=1).result()))


def gnu_parallel(items, workers):
    command = ["parallel", "--will-cite", "-j", str(workers), "echo $(( 3 * {} ))"]

    def run(n):
        text = "".join(f"{i}\n" for i in range(n))
        done = subprocess.run(command, input=text, stdout=subprocess.PIPE, text=True, check=True)
        return sum(int(line) for line in done.stdout.split())

    timed(items, run)


CONTENDERS = {
    "pool": pool_imap_unordered,
    "executor": process_pool_executor,
    "joblib": joblib_loky,
    "pebble": pebble_map,
    "parallel": gnu_parallel,
}

if __name__ == "__main__":
    CONTENDERS[sys.argv[1]](int(sys.argv[2]), int(sys.argv[3]))
