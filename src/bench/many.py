"""Measures i, j and k: pages of a million tasks, many tasks in a call, and many that come due at once."""
import http.client
import json
import threading
import time
import urllib.request

from processes import Cpu, await_true
from throughput import CONNECTIONS, drain, fill_ours, row, warm_up
import systems as s

ITEMS = 1_000
SENDERS = 4


def batches(p, count):
    """Sends count tasks in batches from a few threads; the rate of tasks."""
    # as long as what loadgen submits one by one
    task = {"priority": "low", "type": "log", "payload": {"t0": 1234567890123456, "data": "x" * 70}}
    body = json.dumps([task] * ITEMS, separators=(",", ":")).encode()
    failed = []

    def send(times):
        for _ in range(times):
            request = urllib.request.Request(p.url + "/submit/batch", body, {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=60) as answer:
                if not answer.read().endswith(b'"accepted":%d,"duplicates":0,"refused":0}' % ITEMS):
                    failed.append(answer.status)
    threads = [threading.Thread(target=send, args=(count // ITEMS // SENDERS,)) for _ in range(SENDERS)]
    began = time.monotonic()
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if failed:
        raise RuntimeError(f"{len(failed)} batches were not accepted whole")
    return {"value": count / (time.monotonic() - began)}


PAGES = ("/tasks", "/tasks?state=ready&priority=low", "/tasks?state=ready&type=nobodys", "/tasks?state=completed&limit=50",
         "/tasks?state=completed&priority=high&submittedSince=2020-01-01T00:00:00Z", "/stats")


def walked(node, path, times, cursor="", between=lambda: None):
    """The milliseconds of page after page, over HTTP on one connection, and where the last ended."""
    connection, took = http.client.HTTPConnection(node.url.split("//")[1], timeout=30), []
    for _ in range(times):
        began = time.perf_counter()
        connection.request("GET", path + (f"{'&' if '?' in path else '?'}cursor={cursor}" if cursor else ""))
        answer = connection.getresponse()
        body = json.loads(answer.read())
        took.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"{path}: {body}")
        cursor = body.get("next", "")
        between()
    connection.close()
    return took, cursor


def i_pages(run):
    """GET /tasks, pages of 50 deep into a million tasks, half of them pending and half completed."""
    half, pages = run.of(500_000, 25_000), run.of(200, 40)
    server = s.redis(run)
    node = s.node(run, server)
    batches(node, half)
    await_true("half to be completed", lambda: s.completed(node) >= half, 120, 0.1)
    urllib.request.urlopen(urllib.request.Request(node.url + "/pause", b"", method="POST"), timeout=10).read()
    batches(node, half)
    rows = []
    for path in PAGES:
        walked(node, path, pages)  # so that no code is cold
        took = sorted(walked(node, path, pages)[0])
        for what, value in (("median", took[len(took) // 2]), ("p99", took[int(len(took) * 0.99)])):
            rows.append({**row("i", f"GET {path}, {2 * half:,} tasks, {what}", [{"value": value}], [], None, None, "ms"), "limit": ("<", 5)})

    def move():
        """More joins the queue between two pages, and leaves it, than a page looks at around the place that it remembers."""
        batches(node, 4_000)
        server.client("LTRIM", "{scheduler}:ready:low:default", 0, -2_001)
    _, deep = walked(node, "/tasks?state=ready&priority=low&limit=500", run.of(200, 20))
    moved = sorted(walked(node, "/tasks?state=ready&priority=low", run.of(40, 5), deep, move)[0][1:])
    what = f"GET /tasks?state=ready&priority=low, {run.of(100_000, 10_000):,} deep, 4,000 having come and 2,000 gone since the page before, median (worst {moved[-1]:.1f} ms)"
    rows.append({**row("i", what, [{"value": moved[len(moved) // 2]}], [], None, None, "ms"), "limit": ("<", 5)})
    node.stop()
    s.stop_redis(server)
    return rows


def j_batches(run):
    """POST /submit/batch, 1,000 tasks a call, beside POST /submit at 64 connections; nothing executes."""
    server = s.redis(run)
    node = s.node(run, server, eligible=False)
    warm_up(run, node)
    count = run.of(400_000, 40_000)
    batches(node, count)
    ours, single = [], []
    for _ in range(run.pairs):
        for samples, load in ((single, lambda: {"value": s.submit(node, CONNECTIONS, secs=run.of(3, 1))["rate"]}),
                              (ours, lambda: batches(node, count))):
            server.client("FLUSHALL", "SYNC")
            samples.append(run.measured(load, node, server))
    node.stop()
    s.stop_redis(server)
    return [row("j", f"submitted in batches of {ITEMS:,}, {SENDERS} connections", ours, single, "one by one, 64 connections", (">=", 4))]


def fill_scheduled(run, server, count):
    """Tasks that are all due a second after they were submitted, and nobody who would make them ready."""
    filler = s.node(run, server, eligible=False)
    task = json.dumps([{"payload": {"data": "x" * 70}, "delay": 1}] * ITEMS, separators=(",", ":")).encode()
    for _ in range(count // ITEMS):
        request = urllib.request.Request(filler.url + "/submit/batch", task, {"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=60).read()
    filler.stop()
    if server.client("ZCARD", "{scheduler}:scheduled") != count:
        raise RuntimeError("not all are scheduled")
    server.client("HSET", "{scheduler}:paused", "all", "1")  # so that nothing but promotion is measured


def promote(run, data, count):
    server = s.redis(run, data)
    left = lambda: server.client("ZCARD", "{scheduler}:scheduled")
    run.quiet()
    p = s.node(run, server, wait=False)
    await_true("the first task", lambda: left() < count, 30, 0.001)
    cpu, first, there = Cpu(p, server), time.monotonic(), left()
    await_true("the last task", lambda: left() == 0, 120, 0.002)
    result = {"value": there / (time.monotonic() - first), **cpu.stop()}
    if server.client.cardinality(*s.PENDING["ours"]) != count:
        raise RuntimeError("not all are ready")
    p.stop()
    s.stop_redis(server)
    return result


def k_promotion(run):
    """Making a million tasks ready that are due at once, beside draining by 100 workers."""
    count, drained = run.of(1_000_000, 50_000), run.of(200_000, 40_000)
    due, _ = s.snapshot(run, lambda server: fill_scheduled(run, server, count))
    ready, _ = s.snapshot(run, lambda server: fill_ours(run, server, drained))
    ours, reference = [], []
    for _ in range(run.pairs):
        reference.append(drain(run, ready, "ours", lambda server: s.node(run, server, wait=False), drained))
        ours.append(promote(run, due, count))
    return [row("k", f"{count:,} due tasks made ready", ours, reference, "draining, 100 workers", (">=", 1))]
