"""Runs all three and prints one Markdown table. Arguments: java, class path."""
import json
import subprocess
import sys

PEERS = ["ProcessPoolExecutor", "pebble"]
java, class_path = sys.argv[1:]

lines = subprocess.run(
    [java, "-cp", class_path, "io.delegate.benchmarks.Evidence"],
    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True,
).stdout.splitlines()
print("| the item | Delegate | " + " | ".join(PEERS) + " |")
print("|---|---|" + "---|" * len(PEERS))
for line in lines:
    if line.count("\t") != 2:
        continue  # a log line
    behaviour, told, others = line.split("\t")
    cells = [f"{told} ({others} of 20 others kept)"]
    for peer in PEERS:
        run = subprocess.run(
            [sys.executable, "benchmarks/evidence/peers.py", peer, behaviour],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=60,
        )
        answer = json.loads(run.stdout)
        cells.append(f"{answer['told']} ({answer['others']} of 20)")
    print(f"| {behaviour} | " + " | ".join(cells) + " |", flush=True)
