"""Measures a, b and c: submitting, submitting and completing, draining."""
import random
import time

from processes import Cpu, await_true
import systems as s

CONNECTIONS = 64


def row(measure, what, ours, reference, against, reach, unit="/s"):
    """Samples of ours beside those of a reference, taken in turns; reach is how the ratio is to compare."""
    return {"measure": measure, "what": what, "unit": unit, "against": against, "reach": reach, "ours": ours, "reference": reference}


def warm_up(run, p):
    """By count rather than by time, so that a JVM has compiled as much on a busy machine as on a quiet one, and with pauses until
    it has: under load its compilers get too little of the cores to be done, and took a quarter of all that a node takes."""
    for _ in range(run.of(3, 1)):
        s.submit(p, CONNECTIONS, 20_000 if p.name == "front" else run.of(200_000, 20_000), 60)
        for _ in range(20):
            before = p.compiling()
            time.sleep(0.5)
            if p.compiling() - before < 0.02:
                break


def a_submit(run):
    """POST /submit at 64 connections, nothing executes: node not eligible, echo, BullMQ without worker."""
    ours_redis, bull_redis = s.redis(run), s.redis(run)
    echo, node, front = s.echo(run), s.node(run, ours_redis, eligible=False), s.front(run, bull_redis)
    for p in (echo, node, front):
        warm_up(run, p)
    samples = {p.name: [] for p in (echo, node, front)}
    for _ in range(run.of(6, 2) * run.pairs):  # a shared machine's speed changes by the second: many short pairs tell more than few long ones
        for p in (echo, node, front):
            for server in (ours_redis, bull_redis):
                server.client("FLUSHALL", "SYNC")
            store = {"echo": [], "node": [ours_redis], "front": [bull_redis]}[p.name]

            def load():
                r = s.submit(p, CONNECTIONS, secs=1)
                return {"value": r["rate"], "p50_ms": r["lat_ms"]["p50"], "p99_ms": r["lat_ms"]["p99"]}
            samples[p.name].append(run.measured(load, p, *store))
    for p in (echo, node, front):
        p.stop()
    for server in (ours_redis, bull_redis):
        s.stop_redis(server)
    what = "POST /submit, 64 connections, nothing executes"
    return [row("a", what, samples["node"], samples["echo"], "Helidon echo", (">=", 0.6)),
            row("a", what, samples["node"], samples["front"], "BullMQ", (">=", 2))]


def submit_and_complete(run, front):
    """Submits for a time, then waits until all of it is completed; a sample of the ids must say so one by one."""
    secs, ids = run.of(3, 1), run.path("ids")
    before = s.completed(front)
    r = s.submit(front, CONNECTIONS, 10**9, secs, "--ids", ids)
    await_true("completion", lambda: s.completed(front) - before >= r["ok"], 60, 0.02)
    took = time.monotonic() - r["start_ns"] / 1e9
    with open(ids) as f:
        asked = random.sample(f.read().split(), min(1000, r["ok"]))
    with open(ids, "w") as f:
        f.write("\n".join(asked) + "\n")
    seen = s.loadgen("sweep", "--status-url", front.url + "/status?id=", "--ids", ids, "--conns", 8, "--secs", 20)
    if seen["completed"] != len(asked):
        raise RuntimeError(f"{seen['other']} of {len(asked)} sampled tasks are not completed")
    return {"value": r["ok"] / took, "submit_rate": r["rate"], "p50_ms": r["lat_ms"]["p50"], "p99_ms": r["lat_ms"]["p99"], "tasks": r["ok"]}


def b_complete(run):
    """Submitted and completed at 64 connections, by one node that leads and by BullMQ's front and its worker."""
    ours_redis, bull_redis = s.redis(run), s.redis(run)
    node, front, worker = s.node(run, ours_redis), s.front(run, bull_redis), s.worker(run, bull_redis)
    for p, server, system in ((node, ours_redis, "ours"), (front, bull_redis, "BullMQ")):
        warm_up(run, p)
        s.await_drained(server, system)
        submit_and_complete(run, p)
    ours, reference = [], []
    for _ in range(run.pairs):
        reference.append(run.measured(lambda: submit_and_complete(run, front), front, worker, bull_redis))
        ours.append(run.measured(lambda: submit_and_complete(run, node), node, ours_redis))
    for p in (node, worker, front):
        p.stop()
    for server in (ours_redis, bull_redis):
        s.stop_redis(server)
    return [row("b", "submitted and completed, 64 connections, 100 workers", ours, reference, "BullMQ", (">=", 3))]


def fill_ours(run, server, count):
    filler = s.node(run, server, eligible=False)
    server.client("FLUSHALL", "SYNC")
    before = server.client.used_memory()
    s.submit(filler, CONNECTIONS, count)
    used = server.client.used_memory() - before
    there = server.client.cardinality(*s.PENDING["ours"])
    filler.stop()
    if there != count:
        raise RuntimeError(f"{there} tasks are pending, not {count}")
    return used


def drain(run, data, system, start, count, make_redis=s.redis):
    """Starts workers on a Redis that holds count tasks. The rate is of what was left at the first poll that saw one taken,
    until nothing was left; both systems are watched from outside, through Redis."""
    server = make_redis(run, data)
    pending = lambda: server.client.cardinality(*s.PENDING[system])
    if pending() != count:
        raise RuntimeError(f"{pending()} tasks are pending, not {count}")
    run.quiet()
    p = start(server)
    await_true("the first task", lambda: pending() < count, 30, 0.001)
    cpu, first, left = Cpu(p, server), time.monotonic(), pending()
    await_true("the last task", lambda: pending() == 0, 90)
    result = {"value": left / (time.monotonic() - first), "first_after_s": round(first - p.started, 2), **cpu.stop()}
    if system == "ours":
        await_true("the count of completed tasks", lambda: s.completed(p) == count, 5)
    elif server.client.cardinality("bull:q:completed") != count:
        raise RuntimeError("BullMQ did not complete all")
    p.stop()
    s.stop_redis(server)
    return result


def c_drain(run):
    """Draining no-op tasks that were there before: 100 workers, then 4."""
    count = run.of(200_000, 40_000)
    ours_data, _ = s.snapshot(run, lambda server: fill_ours(run, server, count))
    bull_data, _ = s.snapshot(run, lambda server: s.fill_bullmq(run, server, count))
    rows = []
    for workers, reach in ((100, 3), (4, 1.5)):
        ours, reference = [], []
        for _ in range(run.pairs):
            reference.append(drain(run, bull_data, "BullMQ", lambda server: s.worker(run, server, workers), count))
            ours.append(drain(run, ours_data, "ours", lambda server: s.node(run, server, workers, wait=False), count))
        rows.append(row("c", f"draining {count:,} tasks, {workers} workers", ours, reference, "BullMQ", (">=", reach)))
    return rows
