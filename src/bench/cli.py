"""Measures how long the command line takes: python3 src/bench/cli.py [starts] [url]

Runs in turns `java -version`, `curl` and `scheduler`, with its AOT cache and without, against a node that must be running. Prints wall
clock and CPU time, medians, and the ratio to `java -version`, since the same machine is faster or slower by the hour.
"""
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

STARTS = int(sys.argv[1]) if len(sys.argv) > 1 else 15
URL = sys.argv[2] if len(sys.argv) > 2 else "http://127.0.0.1:8080"
SCHEDULER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "main", "dist", "bin", "scheduler")
JAVA = os.path.join(os.environ["JAVA_HOME"], "bin", "java") if "JAVA_HOME" in os.environ else "java"


def run(command, cache):
    env = dict(os.environ, SCHEDULER_URL=URL, SCHEDULER_CACHE=cache)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall * 1000, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def main():
    cache = tempfile.mkdtemp()
    try:
        run([SCHEDULER, "--version"], cache)
        end = time.monotonic() + 120
        while not any(name.endswith(".aot") for name in os.listdir(cache)):
            if time.monotonic() > end:
                raise SystemExit("no cache was made within two minutes")
            time.sleep(0.2)
        cases = {
            "java -version": ([JAVA, "-version"], ""),
            "curl /leader": (["curl", "-sf", URL + "/leader"], ""),
            "scheduler --version": ([SCHEDULER, "--version"], cache),
            "scheduler --version, no cache": ([SCHEDULER, "--version"], ""),
            "scheduler leader": ([SCHEDULER, "leader"], cache),
            "scheduler leader, no cache": ([SCHEDULER, "leader"], ""),
            "scheduler list": ([SCHEDULER, "list"], cache),
        }
        times = {name: [] for name in cases}
        for _ in range(STARTS):
            for name, (command, folder) in cases.items():
                times[name].append(run(command, folder))
        unit = statistics.median(wall for wall, _ in times["java -version"])
        for name, pairs in times.items():
            wall, cpu = (statistics.median(column) for column in zip(*pairs))
            print(f"{name:32} {wall:6.0f} ms, CPU {cpu:6.0f} ms, {wall / unit:5.1f} times java -version")
    finally:
        shutil.rmtree(cache)


main()
