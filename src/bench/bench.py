"""Measures this scheduler beside its references and prints a table; started by `measure`, which makes what it needs.

Every system has a fresh Redis of its own (AOF, everysec) on the same machine. Reference and ours are measured in turns;
a ratio is taken within each pair, and the median of those stands in the table with the smallest and the largest.
"""
import argparse
import datetime
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import fairness
import footprint
import http_targets
import many
import processes
import repairs
import report
import systems
import throughput

MEASURES = {
    "a": throughput.a_submit, "b": throughput.b_complete, "c": throughput.c_drain, "d": footprint.d_latency,
    "e": footprint.e_memory, "f": footprint.f_many_workers, "g": footprint.g_million, "h": http_targets.h_http_targets,
    "i": many.i_pages, "j": many.j_batches, "k": many.k_promotion, "l": repairs.l_repairs,
    "m": fairness.m_fairness,
}


def said(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    return (done.stdout + done.stderr).strip()


def machine():
    with open("/proc/cpuinfo") as f:
        model = next((line.split(":", 1)[1].strip() for line in f if line.startswith("model name")), os.uname().machine)
    with open(os.path.join(systems.HERE, "peers", "package.json")) as f:
        peers = json.load(f)["dependencies"]
    memory = round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30)
    return {"machine": f"{processes.CORES} cores {model}, {memory} GiB, Linux {os.uname().release}",
            "java": said(systems.JAVA, "--version").splitlines()[0], "node": said("node", "--version"),
            "redis": next(w[2:] for w in said("redis-server", "--version").split() if w.startswith("v=")), **peers}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(MEASURES), help="which of " + ",".join(MEASURES))
    parser.add_argument("--pairs", type=int, default=3, help="how often each pair is measured, 1 to 9")
    parser.add_argument("--quick", action="store_true", help="smaller and shorter: to see that it works, not for figures")
    options = parser.parse_args()
    chosen = options.only.split(",")
    if not set(chosen) <= set(MEASURES) or not 1 <= options.pairs <= 9:
        parser.error("--only takes letters of " + ",".join(MEASURES) + " and --pairs 1 to 9")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    begun = time.monotonic()
    run = systems.Run(options.pairs, options.quick)
    result = {"started": datetime.datetime.now().astimezone().isoformat(timespec="seconds"), "quick": options.quick, "versions": machine(), "rows": [], "failed": {}}
    try:
        for letter in chosen:
            print(f"[{time.monotonic() - begun:5.0f} s] {letter}: {MEASURES[letter].__doc__}", file=sys.stderr, flush=True)
            try:
                result["rows"] += MEASURES[letter](run)
            except Exception as e:  # one measure that fails must not take the others with it
                print(f"  failed: {e}", file=sys.stderr, flush=True)
                result["failed"][letter] = f"{type(e).__name__}: {e}"
            finally:
                processes.stop_all()
    finally:
        processes.stop_all()
        shutil.rmtree(run.folder, ignore_errors=True)
    result["secs"] = round(time.monotonic() - begun)
    report.write(result, systems.OUT)
    return 1 if result["failed"] else 0


sys.exit(main())
