"""Parts of RESULTS.md that commands of their own write."""
import re
import subprocess
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "RESULTS.md"


def spread(values, form):
    return f"{form(median(values))} ({form(min(values))}–{form(max(values))})"


def commit():
    ran = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=HERE)
    return ran.stdout.strip()


def put(head, text, file=RESULTS):
    """Takes the place of the part with that head, or follows all others."""
    old = file.read_text(encoding="utf-8") if file.exists() else ""
    rest = re.sub(rf"\n*## {head}\n.*?(?=\n## |\Z)", "", old, flags=re.S).rstrip()
    file.write_text((rest + "\n\n" if rest else "") + f"## {head}\n\n{text.strip()}\n", encoding="utf-8")
    print(f"written: {file}")
