"""Measures what schedules cost, and how late they fire.

    JAVA_HOME=... python3 src/bench/schedules.py [--quick]

Builds nothing: `./mvnw -DskipTests package` comes first.
"""
import argparse
import datetime
import http.client
import json
import re
import shutil
import statistics
import sys
import threading
import time

import processes
import systems as s

MADE = re.compile(r"^[^\n]* s=(\S+) i=(\d+)")
TASK = {"type": "log", "payload": 1}


class Caller:
    """One connection, one call after the other."""

    def __init__(self, node):
        self.connection = http.client.HTTPConnection("127.0.0.1", int(node.url.rsplit(":", 1)[1]))

    def __call__(self, method, path, body=None):
        self.connection.request(method, path, None if body is None else json.dumps(body), {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text.decode()}")
        return text


def apply(call, count, schedule):
    for begin in range(0, count, 500):
        call("PUT", f"/schedules?group=g{begin}", {"schedules": {f"s{n}": schedule for n in range(begin, min(begin + 500, count))}})


def lateness(server):
    """Milliseconds from planned instant to submission, of each task that a schedule made."""
    late, cursor = [], "0"
    while True:
        cursor, keys = server.client("SCAN", cursor, "MATCH", "{scheduler}:task:*", "COUNT", "1000")
        for record in server.client.pipeline(*[("GETRANGE", key, "50", "400") for key in keys]) if keys else []:
            made = MADE.search(record[13:])
            if made:
                late.append(int(record[:13], 16) / 1000 - int(made[2]))
        if cursor == "0":
            return sorted(late)


def creating(run, count):
    server = s.redis(run)
    node = s.node(run, server, eligible=False)
    call, times = Caller(node), {"put": [], "submit": []}
    for n in range(count):
        for kind, request in (("put", ("PUT", f"/schedules/s{n}", {"cron": "0 0 * * *", "task": TASK})), ("submit", ("POST", "/submit", TASK))):
            began = time.monotonic()
            call(*request)
            times[kind].append(time.monotonic() - began)
    ratio = statistics.median(times["put"]) / statistics.median(times["submit"])
    print(f"creating a schedule takes {ratio:.2f} of the time of submitting a task, {count:,} of each in turns", flush=True)
    node.stop()
    s.stop_redis(server)


def together(run, count):
    server = s.redis(run)
    node = s.node(run, server)
    call, other = Caller(node), Caller(node)
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=15 + count // 1000)
    apply(call, count, {"cron": f"{at.second} {at.minute} {at.hour} * * *", "task": TASK})
    submits, done = [], threading.Event()

    def submit():
        while not done.is_set():
            began = time.monotonic()
            other("POST", "/submit", TASK)
            submits.append((time.time(), time.monotonic() - began))
            time.sleep(0.002)
    thread = threading.Thread(target=submit)
    thread.start()
    time.sleep(max(0, at.timestamp() - time.time()) + 6)
    done.set()
    thread.join()
    late = lateness(server)
    begin = int(at.timestamp())
    during = sorted(took for when, took in submits if begin <= when <= begin + 2)
    before = sorted(took for when, took in submits if when < begin - 1)
    print(f"{len(late):,} of {count:,} schedules of the same second are fired, the last after {late[-1]:.0f} ms, half after {late[len(late) // 2]:.0f} ms; "
          f"a submission meanwhile takes {1000 * during[len(during) // 2]:.1f} ms at p50 and {1000 * during[-1]:.0f} ms at most, before {1000 * before[len(before) // 2]:.1f} ms", flush=True)
    node.stop()
    s.stop_redis(server)


def idle(run, count, secs):
    server = s.redis(run)
    node = s.node(run, server)
    used = []
    for schedules in (0, count):
        if schedules:
            apply(Caller(node), schedules, {"cron": "0 0 1 1 *", "task": TASK})
        time.sleep(5)
        began = cpu(node.child.pid)
        time.sleep(secs)
        used.append((cpu(node.child.pid) - began) / secs * 100)
    print(f"an idle leader uses {used[0]:.1f} % of a core, with {count:,} schedules {used[1]:.1f} %", flush=True)
    node.stop()
    s.stop_redis(server)


def cpu(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def steady(run, count, secs):
    server = s.redis(run)
    node = s.node(run, server)
    call = Caller(node)
    for begin in range(0, count, 10):
        call("PUT", f"/schedules?group=g{begin}", {"schedules": {f"s{n}": {"every": "PT1S", "overlap": "allow", "task": TASK} for n in range(begin, begin + 10)}})
        time.sleep(0.01)  # spread over the second
    time.sleep(secs)
    late = lateness(server)
    print(f"{count:,} schedules of each second: {len(late):,} fires, late by {late[len(late) // 2]:.1f} ms at p50, {late[len(late) * 99 // 100]:.1f} ms at p99", flush=True)
    node.stop()
    s.stop_redis(server)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    run = s.Run(1, options.quick)
    try:
        creating(run, run.of(3_000, 300))
        together(run, run.of(10_000, 1_000))
        idle(run, run.of(100_000, 1_000), run.of(30, 5))
        steady(run, run.of(1_000, 100), run.of(20, 5))
    finally:
        processes.stop_all()
        shutil.rmtree(run.folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
