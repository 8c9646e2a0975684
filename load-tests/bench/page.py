"""docs/benchmarks.md: where figures go, and the machine that they are of."""

import contextlib
import datetime
import os
import platform
import subprocess
from pathlib import Path

from service import ROOT, ServiceFailed

PAGE = ROOT / "docs" / "benchmarks.md"


def machine(load_before, load_after):
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    return [
        "| machine | |",
        "| --- | --- |",
        f"| measured | {now} |",
        f"| processor | {os.cpu_count()} cores, {processor()} |",
        f"| memory | {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f} GiB |",
        f"| system | {platform.system()} {platform.release()}, Python {platform.python_version()} |",
        f"| JDK | {jdk()} |",
        f"| load average (1, 5, 15 min) | before: {load_before}; after: {load_after} |",
    ]


def processor():
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def jdk():
    found = subprocess.run([ROOT / "bin" / "find-jdk"], capture_output=True, text=True, timeout=30)
    if found.returncode != 0:
        raise ServiceFailed(found.stderr.strip())
    java = [f"{found.stdout.strip()}/bin/java", "-version"]
    lines = subprocess.run(java, capture_output=True, text=True, timeout=60).stderr.splitlines()
    return next((line for line in lines if "Runtime Environment" in line), "unknown")


def load_average():
    return " ".join(f"{value:.2f}" for value in os.getloadavg())


def write(part, figures):
    """Replaces what stands between the two marks of a part of the page."""
    begin, end = f"<!-- {part}: begin -->", f"<!-- {part}: end -->"
    page = PAGE.read_text(encoding="utf-8")
    if page.count(begin) != 1 or page.count(end) != 1 or page.index(begin) > page.index(end):
        raise ServiceFailed(f"{PAGE} must hold {begin} and {end} once each, in this order")
    head, rest = page.split(begin)
    tail = rest.split(end)[1]
    PAGE.write_text(f"{head}{begin}\n\n{figures}\n\n{end}{tail}", encoding="utf-8")
