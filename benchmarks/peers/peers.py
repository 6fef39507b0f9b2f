"""Runs Delegate and its peers in turn and writes what came out. Called by `run`, beside this file."""
import argparse
import datetime
import importlib.metadata
import importlib.util
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Callable, Optional

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
OUT = ROOT / "target" / "peers"
NODE_MODULES = OUT / "node" / "node_modules"
SECONDS = 900  # for one contender; none takes so long that is well
MEBIBYTE = 1 << 20


# ---- what is right

def triples(n):
    return 3 * n * (n - 1) // 2


def indices(n):
    return n * (n - 1) // 2


def parcels(n):
    return indices(n) + 5 * n


def marks(n):
    return sum(i % 16 for i in range(n))


def count(n):
    return n


def threes(n):
    return 3 * n


# ---- the contenders

@dataclass(frozen=True)
class Contender:
    name: str  # in the results
    words: tuple  # of its command; its items and children follow
    items: int
    check: Callable[[int], int] = triples
    needs: Callable[[], str] = lambda: ""  # why it cannot run here, or nothing

    def sized(self, quick):
        """How many items: fewer for a quick look."""
        return max(min(self.items, 5), self.items // 50) if quick else self.items


def java(name, main, items, check=triples):
    return Contender(name, ("java", main), items, check)


def python(name, main, items, needs=lambda: ""):
    return Contender(name, ("python", main), items, needs=needs)


def module(name, package):
    return lambda: "" if importlib.util.find_spec(name) else f"needs Debian's {package}"


def program(name, package):
    return lambda: "" if shutil.which(name) else f"needs Debian's {package}"


def workerpool():
    if not shutil.which("node"):
        return "needs Node"
    if not (NODE_MODULES / "workerpool").is_dir():
        return "needs `npm install --prefix target/peers/node workerpool`"
    return ""


INTEGERS = java("Delegate", "delegate-integers", 1_000_000)


@dataclass(frozen=True)
class Pairing:
    """Two contenders that run in turn."""

    name: str
    task: str
    theirs: Contender
    ours: Contender = INTEGERS
    unit: str = "items/s"
    children: Optional[int] = None  # where it is always so many


RATES = [
    Pairing("floor", "x → 3x", java("hand-written floor", "floor-integers", 1_000_000)),
    Pairing("floor-cold", "x → 3x, the first items of a program",
            java("hand-written floor", "floor-cold", 1_000_000), java("Delegate", "delegate-cold", 1_000_000)),
    Pairing("pool", "x → 3x", python("multiprocessing.Pool, imap_unordered, chunks of 256", "pool", 1_000_000)),
    Pairing("executor", "x → 3x", python("ProcessPoolExecutor, chunks of 1", "executor", 20_000)),
    Pairing("joblib", "x → 3x", python(
        "joblib with loky, defaults", "joblib", 50_000, module("joblib", "python3-joblib"))),
    Pairing("pebble", "x → 3x", python(
        "pebble ProcessPool.map, chunks of 1", "pebble", 20_000, module("pebble", "python3-pebble"))),
    Pairing("workerpool", "x → 3x", Contender(
        "workerpool (Node), processes", ("node",), 20_000, needs=workerpool)),
    Pairing("in-process", "x → 3x", java(
        "Reactor in this process: flatMap on boundedElastic", "in-process", 1_000_000)),
    Pairing("parallel", "x → 3x", python(
        "GNU parallel, a shell per item", "parallel", 500, program("parallel", "parallel"))),
    Pairing("jvm-per-item", "x → 3x", java("a new JVM per item", "jvm-per-item", 50)),
    Pairing("records", "echo of small records",
            java("hand-written floor, the same codec", "floor-records", 200_000, parcels),
            java("Delegate", "delegate-records", 200_000, parcels)),
    Pairing("bytes", "echo of byte[1 MiB], one way counted",
            java("raw socket", "raw-bytes", 500, marks),
            java("Delegate", "delegate-bytes", 500, marks), unit="MiB/s"),
]

RAW_PING = java("raw ping-pong of the same frames", "raw-ping", 20_000, marks)
LATENCIES = [
    Pairing("one-at-a-time", "one item at a time, request(1)", RAW_PING,
            java("Delegate", "delegate-one-at-a-time", 20_000), unit="µs", children=1),
    Pairing("submits", "one item at a time, submit(…).block()", RAW_PING,
            java("Delegate", "delegate-submits", 20_000), unit="µs", children=1),
]


@dataclass(frozen=True)
class Figure:
    """One command that measures by itself; what it tells is summed up in one line."""

    name: str
    task: str
    contender: Contender
    children: int
    other: str  # what it is compared with, or nothing
    unit: str
    times: Optional[int] = None  # how often it is run; as many as there are rounds where it says nothing
    values: Callable = field(default=lambda told: told["values"])


def over_ideal(told):
    return [told["seconds"]], [told["ideal"][0]]


def pairs(told):
    return told["ours"], told["theirs"]


def later_pairs(told):
    return told["ours"][1:], told["theirs"][1:]


FIGURES = [
    Figure("sleeps", "sleeps of 10 ms", java("", "delegate-sleeps", 1_000, lambda n: 10 * n), 6,
           "items × 10 ms / children", "s", values=over_ideal),
    Figure("mixed", "1 of 100 sleeps 50 ms, the others work 10 µs",
           java("", "delegate-mixed", 20_000, indices), 6, "sum of the times / children, at least 50 ms", "s", values=over_ideal),
    Figure("crashes", "1 of 10 halts its JVM, the others work 100 µs",
           java("", "delegate-crashes", 1_000, count), 6,
           "(sum of the times + crashes × start and end of a bare JVM) / processors", "s", values=over_ideal),
    Figure("first", "first outcome of the first scheduler of a program",
           java("", "first-outcome", 1, threes), 6,
           "bare JVM with the same flags, to its first line", "ms", times=20, values=pairs),
    Figure("first-again", "first outcome of a later scheduler of a program",
           java("", "first-outcome", 21, threes), 6,
           "bare JVM with the same flags, to its first line", "ms", times=1, values=later_pairs),
    Figure("memory", "PSS of a child that has nothing to do",
           java("", "idle-memory", 5, count), 6, "bare JVM with the same flags, at the same time", "MiB",
           times=1, values=pairs),
    Figure("timed-out", "from the limit (500 ms) of an item that spins to its TimedOut",
           java("", "timed-out", 20, count), 2, "", "ms", times=1),
    Figure("after-death", "from an Aborted to the start of the next item, spares(1)",
           java("", "after-death", 20, count), 3, "", "ms", times=1),
    Figure("idle-parent", "CPU of an idle parent in 10 s",
           java("", "idle-cpu", 10, lambda n: 10_000), 6, "", "ms", times=1, values=lambda told: told["values"][:1]),
    Figure("idle-child", "CPU of an idle child in 10 s",
           java("", "idle-cpu", 10, lambda n: 10_000), 6, "", "ms", times=1, values=lambda told: told["values"][1:]),
    Figure("threads", "threads of the parent for 64 children that all run an item",
           java("", "threads", 64, count), 64, "", "threads", times=1),
]


# ---- running them

class Runner:
    def __init__(self, java_program, class_path, quick):
        self.java = java_program
        self.class_path = class_path
        self.quick = quick

    def command(self, contender, items, children):
        numbers = [str(items), str(children)]
        kind, *rest = contender.words
        if kind == "java":
            main = "io.delegate.benchmarks.peers.Peers"
            return [self.java, "-cp", self.class_path, main, *rest, *numbers]
        if kind == "python":
            return [sys.executable, str(HERE / "contenders.py"), *rest, *numbers]
        return ["node", str(HERE / "contender.mjs"), *numbers]

    def run(self, contender, children):
        """What it told; the whole run fails where that is wrong."""
        items = contender.sized(self.quick)
        command = self.command(contender, items, children)
        process = subprocess.Popen(
            command, cwd=ROOT, env=dict(os.environ, NODE_PATH=str(NODE_MODULES)), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        what = " ".join([*contender.words, str(items), str(children)])
        try:
            out, err = process.communicate(timeout=SECONDS)
        except BaseException as e:
            os.killpg(process.pid, signal.SIGKILL)  # its workers, too
            if isinstance(e, subprocess.TimeoutExpired):
                sys.exit(f"{what}: nothing after {SECONDS} s")
            raise
        lines = out.splitlines()
        if process.returncode != 0 or not lines:
            sys.exit(f"{what}: exit status {process.returncode}\n{err}")
        told = json.loads(lines[-1])
        right = contender.check(items)
        if told["items"] != items or told["check"] != right:
            sys.exit(f"{what}: wrong: {lines[-1]}, where {items} items and {right} are right")
        return told


@dataclass
class Row:
    name: str
    task: str
    children: int
    other: str
    unit: str
    ours: list
    theirs: list  # empty where there is nothing to compare with

    def ratios(self):
        return [a / b for a, b in zip(self.ours, self.theirs)]


def speed(pairing, told):
    rate = told["items"] / told["seconds"]
    return 1e6 / rate if pairing.unit == "µs" else rate


def say(row):
    text = f"{row.name}, {row.children}: {number(median(row.ours))}"
    if row.theirs:
        text += f" against {number(median(row.theirs))} {row.unit}, ratio {spread(row.ratios())}"
    else:
        text += f" {row.unit}"
    print(text, flush=True)
    return row


def run_pairing(runner, pairing, rounds, children):
    row = Row(pairing.name, pairing.task, children, pairing.theirs.name, pairing.unit, [], [])
    for _ in range(rounds):
        row.ours.append(speed(pairing, runner.run(pairing.ours, children)))
        row.theirs.append(speed(pairing, runner.run(pairing.theirs, children)))
    return say(row)


def run_figure(runner, figure, rounds, known):
    """`known` holds what a command told that another figure is taken from, too."""
    row = Row(figure.name, figure.task, figure.children, figure.other, figure.unit, [], [])
    if figure.times is None:
        times = rounds
    else:
        times = min(figure.times, 2) if runner.quick else figure.times
    for i in range(times):
        key = (figure.contender.words, figure.contender.items, figure.children, i)
        if key not in known:
            known[key] = runner.run(figure.contender, figure.children)
        values = figure.values(known[key])
        ours, theirs = values if figure.other else (values, [])
        row.ours += ours
        row.theirs += theirs
    return say(row)


# ---- what is written

def number(x):
    if x >= 1000:
        return f"{x:,.0f}"
    if x >= 100:
        return f"{x:.0f}"
    if x >= 10:
        return f"{x:.1f}"
    return f"{x:.2f}" if x >= 0.1 else f"{x:.3g}"


def spread(values):
    if len(values) == 1:
        return number(values[0])
    return f"{number(median(values))} ({number(min(values))}–{number(max(values))})"


def output(*command):
    try:
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return done.stdout.strip()
    except OSError:
        return ""


def version(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def memory():
    match = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    return f"{int(match[1]) / MEBIBYTE:.0f} GiB"


def cpu_model():
    match = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    return match[1].strip() if match else platform.machine()


def facts(runner):
    jdk = output(runner.java, "-version").splitlines()
    commit = output("git", "rev-parse", "--short", "HEAD")
    if output("git", "status", "--porcelain", "--untracked-files=no"):
        commit += ", with changes"
    peers = [f"Python {platform.python_version()}"]
    peers += [f"{name} {version(name)}" for name in ("joblib", "pebble") if version(name)]
    if shutil.which("parallel"):
        peers.append(output("parallel", "--version").splitlines()[0])
    if shutil.which("node"):
        peers.append(f"Node {output('node', '--version').lstrip('v')}")
    description = NODE_MODULES / "workerpool" / "package.json"
    if description.is_file():
        peers.append(f"workerpool {json.loads(description.read_text())['version']}")
    reactor = re.search(r"reactor-core-([\d.]+)\.jar", runner.class_path)
    if reactor:
        peers.append(f"Reactor {reactor[1]}")
    return [
        ("date", datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")),
        ("commit", commit),
        ("processors", f"{len(os.sched_getaffinity(0))}, {cpu_model()}"),
        ("memory", memory()),
        ("kernel", f"{platform.system()} {platform.release()}"),
        ("JDK", next((line for line in jdk if "Runtime" in line), jdk[0] if jdk else "")),
        ("peers", ", ".join(peers)),
    ]


def table(head, lines):
    out = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return out + ["| " + " | ".join(line) + " |" for line in lines] + [""]


def compared(rows):
    head = ["name", "task", "children", "against", "Delegate", "the other", "ratio"]
    lines = [
        [r.name, r.task, str(r.children), r.other,
         f"{number(median(r.ours))} {r.unit}", f"{number(median(r.theirs))} {r.unit}", spread(r.ratios())]
        for r in rows]
    return table(head, lines)


def report(options, known_facts, rates, times, figures, skipped, plots, took):
    out = [
        "# Delegate and its peers",
        "",
        "Written by `benchmarks/peers/run`; what is measured, and how, is told in [README.md](README.md).",
        "",
        f"Rounds: {options.rounds}{', small sizes' if options.quick else ''}. The run took {took / 60:.0f} minutes."
        " Each pair ran in turn, and the ratio is taken pair by pair: the median, and in brackets the least and the"
        " greatest. Compare ratios; the rates and times are of this machine and this hour.",
        "",
    ]
    out += table(["", ""], known_facts)
    if rates:
        out += ["## Rates", "", "The ratio is Delegate's rate over the other's: more is better.", ""]
        out += compared(rates)
    if times:
        out += ["## Times and sizes", "", "The ratio is Delegate's over the other's: less is better, and 1 is as good"
                " as the other.", ""]
        out += compared(times)
    if figures:
        out += ["## Figures", "", "There is nothing to compare these with.", ""]
        out += table(["name", "what", "children", "median (least–greatest)"],
                     [[r.name, r.task, str(r.children), f"{spread(r.ours)} {r.unit}"] for r in figures])
    if skipped:
        out += ["## Left out", ""] + [f"- {name}: {why}" for name, why in skipped.items()] + [""]
    if plots:
        out += ["## Plots", ""] + [f"![{title}]({path})\n" for title, path in plots]
    return "\n".join(out).rstrip() + "\n"


def plot(rows, title, label, file):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(9, 0.4 * len(rows) + 1.6), layout="constrained")
    middles = [median(r.ratios()) for r in rows]
    below = [m - min(r.ratios()) for m, r in zip(middles, rows)]
    above = [max(r.ratios()) - m for m, r in zip(middles, rows)]
    names = [f"{r.name}, {r.children}" for r in rows]
    axes.errorbar(middles, range(len(rows)), xerr=[below, above], fmt="o", capsize=3, color="#4878a8")
    for y, middle in enumerate(middles):
        axes.annotate(number(middle), (middle, y), xytext=(0, 6), textcoords="offset points", ha="center", fontsize=7)
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_xscale("log")
    axes.margins(x=0.08)
    axes.set_yticks(range(len(rows)), names, fontsize=8)
    axes.set_ylim(len(rows) - 0.5, -0.8)  # the first on top
    axes.grid(axis="x", linewidth=0.3)
    axes.set_xlabel(label)
    axes.set_title(title)
    figure.savefig(file, dpi=120)
    pyplot.close(figure)


def draw(rates, times, directory):
    """The plots that were made; none without matplotlib."""
    if importlib.util.find_spec("matplotlib") is None:
        print("no plots: they need Debian's python3-matplotlib", flush=True)
        return []
    directory.mkdir(parents=True, exist_ok=True)
    made = []
    for rows, title, label, name in (
            (rates, "Rates", "Delegate's rate over the other's: more is better", "rates.png"),
            (times, "Times and sizes", "Delegate's over the other's: less is better", "times.png")):
        if rows:
            plot(rows, title, label, directory / name)
            made.append((title, f"{directory.name}/{name}"))
    return made


# ---- the command

def positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def parse():
    parser = argparse.ArgumentParser(prog="benchmarks/peers/run", description="Delegate side by side with its peers.")
    parser.add_argument("java", help=argparse.SUPPRESS)
    parser.add_argument("class_path", help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="small sizes, one round: does everything work?")
    parser.add_argument("--rounds", type=positive, help="pairs of each comparison (default 5)")
    parser.add_argument("--children", default="2,6", help="how many, for the rates (default 2,6)")
    parser.add_argument("--only", action="append", metavar="NAME", help="one row; may be given several times")
    parser.add_argument("--out", type=Path, metavar="DIR",
                        help="where RESULTS.md and plots/ go (default benchmarks; target/peers with --quick or --only)")
    options = parser.parse_args()
    options.rounds = options.rounds or (1 if options.quick else 5)
    try:
        options.children = [positive(text) for text in options.children.split(",")]
    except (ValueError, argparse.ArgumentTypeError):
        parser.error("--children takes numbers with commas between them, such as 2,6")
    names = [thing.name for thing in RATES + LATENCIES + FIGURES]
    for name in options.only or []:
        if name not in names:
            parser.error(f"--only {name}: there are {', '.join(names)}")
    if options.out is None:
        options.out = OUT if options.quick or options.only else ROOT / "benchmarks"
    return options


def main():
    options = parse()
    runner = Runner(options.java, options.class_path, options.quick)
    start = time.monotonic()
    known_facts = facts(runner)
    rates, times, figures, skipped, known = [], [], [], {}, {}

    def wanted(thing):
        return not options.only or thing.name in options.only

    for pairing in filter(wanted, RATES + LATENCIES):
        why = pairing.theirs.needs()
        if why:
            skipped[pairing.theirs.name] = why
            print(f"{pairing.name}: left out, {why}", flush=True)
            continue
        rows = rates if pairing in RATES else times
        for children in [pairing.children] if pairing.children else options.children:
            rows.append(run_pairing(runner, pairing, options.rounds, children))
    for figure in filter(wanted, FIGURES):
        row = run_figure(runner, figure, options.rounds, known)
        (times if figure.other else figures).append(row)

    options.out.mkdir(parents=True, exist_ok=True)
    plots = draw(rates, times, options.out / "plots")
    took = time.monotonic() - start
    text = report(options, known_facts, rates, times, figures, skipped, plots, took)
    written = options.out / "RESULTS.md"
    others = written.read_text(encoding="utf-8").partition("\n## Behind HTTP\n") if written.exists() else ("",) * 3
    written.write_text(text + others[1] + others[2], encoding="utf-8")  # that part is web/run's
    print(f"written: {options.out / 'RESULTS.md'}")


if __name__ == "__main__":
    main()
