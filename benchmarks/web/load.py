"""Drives WebLoad with wrk and writes what came out. Called by `run`, beside this file."""
import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from results import RESULTS, commit, put, spread  # noqa: E402


def wrk(url, seconds, connections, crashes=0):
    environment = dict(os.environ, CRASHES=str(crashes))
    ran = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(HERE / "load.lua"), url],
        env=environment, check=True, capture_output=True, text=True)
    return json.loads(ran.stdout.strip().splitlines()[-1])


def rate(result):
    return result["requests"] * 1e6 / result["micros"]


def answered(result, what):
    """A run in which a request got no answer, or one that is no outcome, is no figure."""
    if result["lost"] or result["other"] or result["failure"] or result["timedOut"]:
        sys.exit(f"{what}: requests without a right answer: {result}")
    return result


def main():
    options = argparse.ArgumentParser()
    options.add_argument("java")
    options.add_argument("classpath")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=int, default=10)
    options.add_argument("--crash-seconds", type=int, default=60)
    options.add_argument("--children", type=int, default=2)
    options.add_argument("--connections", type=int, default=16)
    options.add_argument("--out", type=Path, default=RESULTS)
    o = options.parse_args()
    if not shutil.which("wrk"):
        sys.exit("there is no wrk; Debian's package has that name")
    server = subprocess.Popen(
        [o.java, "-cp", o.classpath, "io.delegate.benchmarks.web.WebLoad", str(o.children)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        base = f"http://127.0.0.1:{int(server.stdout.readline())}"
        pairs = []
        for i in range(-1, o.rounds):  # the first is to warm up
            pair = [answered(wrk(f"{base}/{where}", o.seconds, o.connections), where)
                    for where in ("children", "here")]
            print(" ".join(f"{rate(r):,.0f}/s" for r in pair), "(to warm up)" if i < 0 else "", flush=True)
            if i >= 0:
                pairs.append(pair)
        crashing = answered(wrk(f"{base}/children", o.crash_seconds, o.connections, 1), "crashing")
    finally:
        server.stdin.close()
        server.wait(60)
    write(o, pairs, crashing)


def write(o, pairs, crashing):
    ratios = [rate(ours) / rate(theirs) for ours, theirs in pairs]
    rows = []
    for name, at in (("in children", 0), ("in the server's process, on boundedElastic", 1)):
        runs = [pair[at] for pair in pairs]
        rows.append("| %s | %s | %s | %s |" % (
            name,
            spread([rate(r) for r in runs], lambda v: f"{v:,.0f}"),
            spread([r["p50"] / 1e3 for r in runs], lambda v: f"{v:.2f}"),
            spread([r["p99"] / 1e3 for r in runs], lambda v: f"{v:.2f}")))
    put("Behind HTTP", f"""Written by `benchmarks/web/run`. One text per request, its words counted; {o.connections} connections by `wrk` on the same
machine, {o.children} children or threads, {o.rounds} rounds of {o.seconds} s in turn after one to warm up. Commit {commit()}.

| the work runs | requests/s | median, ms | 99 %, ms |
|---|---|---|---|
{chr(10).join(rows)}

Ratio of the rates, pair by pair: {spread(ratios, lambda v: f"{v:.2f}")}.

With 1 % of the items crashing their child, {o.crash_seconds} s: {crashing["requests"]:,} requests, {rate(crashing):,.0f} a second;
{crashing["success"]:,} `success`, {crashing["aborted"]:,} `aborted` of {crashing["crashes"]:,} crashing items sent, {crashing["lost"]} without an answer,
99 % within {crashing["p99"] / 1e3:,.0f} ms.
""", o.out)


if __name__ == "__main__":
    main()
