"""Measures what queues cost and how fair they are. Prints ratios against one queue in the same run.

    JAVA_HOME=... python3 src/bench/queues.py [--quick]

Builds nothing: `./mvnw -DskipTests package` and src/bench/measure come first (loadgen is not needed).
"""
import argparse
import json
import shutil
import statistics
import sys
import threading
import time
import urllib.request

from processes import await_true
import processes
import systems as s

SENDERS = 4


def call(node, method, path, body=None):
    request = urllib.request.Request(node.url + path, None if body is None else json.dumps(body).encode(), {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())


def fill(node, count, queue_of, payload=None):
    """Submits tasks in batches of 1,000; the queue of each by its number."""
    def send(first):
        for begin in range(first, count, 1_000 * SENDERS):
            tasks = [{"type": "log", "priority": "low", "queue": queue_of(i), "payload": payload or {"n": i}} for i in range(begin, min(begin + 1_000, count))]
            call(node, "POST", "/submit/batch", tasks)
    threads = [threading.Thread(target=send, args=(n * 1_000,)) for n in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def drain(run, count, queue_of, settings=None):
    """Tasks a second that a new leader completes, from its first to its last; and microseconds of Redis for each claim and task."""
    server = s.redis(run)
    filler = s.node(run, server, eligible=False)
    if settings:
        call(filler, "PUT", "/queues/*", settings)
    fill(filler, count, queue_of)
    filler.stop()
    server.client("CONFIG", "RESETSTAT")
    node = s.node(run, server)
    await_true("the first task", lambda: s.completed(node) > 0, 30, 0.001)
    began, before = time.monotonic(), s.completed(node)
    await_true("the last task", lambda: s.completed(node) >= count, 300, 0.005)
    rate = (count - before) / (time.monotonic() - began)
    calls, spent = map(float, (server.client.info("commandstats")["cmdstat_evalsha"].replace("=", ",").split(",")[1::2])[:2])
    node.stop()
    s.stop_redis(server)
    return rate, spent / count, calls


def compare(run, what, count, queue_of, settings=None, pairs=3):
    one, many = [], []
    for i in range(pairs):
        for samples, of, extra in ((one, lambda n: "default", None), (many, queue_of, settings))[:: 1 if i % 2 else -1]:
            samples.append(drain(run, count, of, extra))
    rates = sorted(b[0] / a[0] for a, b in zip(one, many))
    print(f"{what}: drained at {statistics.median(rates):.2f} of one queue's rate ({rates[0]:.2f} to {rates[-1]:.2f}); "
          f"Redis {statistics.median(b[1] for b in many):.1f} us a task, one queue {statistics.median(a[1] for a in one):.1f} us", flush=True)


def newcomer(run, backlog, trials):
    """Milliseconds until a single task of a new queue starts, beside a large backlog of another, all workers busy with 10 ms tasks."""
    server = s.redis(run)
    node = s.node(run, server)
    call(node, "POST", "/pause")
    sleep = {"ms": 10}
    def send(first):
        for begin in range(first, backlog, 1_000 * SENDERS):
            call(node, "POST", "/submit/batch", [{"type": "sleep", "priority": "low", "queue": "big", "payload": sleep}] * 1_000)
    threads = [threading.Thread(target=send, args=(n * 1_000,)) for n in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    call(node, "POST", "/resume")
    time.sleep(2)
    waits = []
    for i in range(trials):
        id = call(node, "POST", "/submit", {"type": "sleep", "priority": "low", "queue": f"new-{i}", "payload": sleep})["id"]
        await_true("the newcomer", lambda: call(node, "GET", f"/status?id={id}")["status"] == "completed", 30, 0.005)
        task = call(node, "GET", f"/tasks/{id}")
        waits.append(1000 * (instant(task["startedAt"]) - instant(task["submittedAt"])))
        time.sleep(0.05)
    node.stop()
    s.stop_redis(server)
    waits.sort()
    print(f"a single task of a new queue beside {backlog:,} of another: starts after {statistics.median(waits):.1f} ms, at most {waits[-1]:.1f} ms of {trials}", flush=True)


def instant(text):
    import datetime
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    run = s.Run(1, options.quick)
    try:
        count = run.of(1_000_000, 20_000)
        compare(run, f"{count // 100:,} queues of 100 tasks", count, lambda n: f"q{n % (count // 100)}", pairs=2)
        compare(run, f"{count // 100:,} queues filled one after the other", count, lambda n: f"q{n // 100}", pairs=2)
        compare(run, "1,000 queues, each limited to one at a time", run.of(100_000, 20_000), lambda n: f"q{n % 1000}", {"concurrency": 1})
        newcomer(run, run.of(1_000_000, 50_000), 40)
    finally:
        processes.stop_all()
        shutil.rmtree(run.folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
