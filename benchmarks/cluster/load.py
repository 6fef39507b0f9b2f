"""Drives ClusterLoad, once for each engine, and writes what came out. Called by `run`, beside this file."""
import argparse
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from results import RESULTS, commit, put, spread  # noqa: E402

ENGINES = {"JGROUPS": "JGroups", "HAZELCAST": "Hazelcast"}


def measure(o, engine):
    ran = subprocess.run(
        [o.java, "-cp", o.classpath, "io.delegate.benchmarks.cluster.ClusterLoad", engine, str(o.rounds)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=1_800)
    if ran.returncode:
        sys.exit(f"{engine} failed:\n{ran.stderr}")
    told = json.loads(ran.stdout.strip().splitlines()[-1])
    print(engine, json.dumps(told), flush=True)
    return told


def row(engine, told):
    ratio = [ours / theirs for ours, theirs in zip(told["rates"], told["requests"])]
    whole = "{:,.0f}".format
    return "| " + " | ".join([
        ENGINES[engine],
        spread(told["rates"], whole),
        spread(told["requests"], whole),
        spread(told["one by one"], whole),
        spread(ratio, "{:.1f}".format),
        spread(told["sleeps"], "{:.2f}".format),
        spread(told["cancels"], "{:.1f}".format),
        whole(told["losses"][-1])]) + " |"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("java")
    options.add_argument("classpath")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    options.add_argument("--out", type=Path, default=RESULTS)
    o = options.parse_args()
    rows = [row(engine, measure(o, engine)) for engine in o.engines]
    put("Over a cluster", f"""Written by `benchmarks/cluster/run`. Two nodes of six children each and a parent, JVMs of their own on this machine;
{o.rounds} rounds in turn after one to warm up: the median, and in brackets the least and the greatest. Commit {commit()}.

| engine | x → 3x, items/s | the engine's own requests/s, 256 under way | one by one | ratio to 256 under way | 10 ms of sleep, over the ideal | cancel to the child's end, ms | kill -9 of a node to its outcomes, ms |
|---|---|---|---|---|---|---|---|
{chr(10).join(rows)}

The ratio is taken round by round. The engine's requests do x → 3x in the node's own JVM, without a child, by JGroups'
`RpcDispatcher` and Hazelcast's `IExecutorService`, to both nodes in turn. Ideal is items × 10 ms / 12 children.
""", o.out)


if __name__ == "__main__":
    main()
