"""Measures d to g: latency at low load, memory, many workers, many tasks."""
import datetime
import json
import statistics
import time

from processes import await_true
import systems as s
from throughput import CONNECTIONS, fill_ours, row, warm_up


def middle_and_tail(values):
    values = sorted(values)
    return {"p50": values[len(values) // 2], "p99": values[int(len(values) * 0.99)], "n": len(values)}


def wall_offset():
    return time.time() - time.monotonic()


def low_load(run, front, records, rate=100, secs=None):
    """Submissions from a schedule, `rate` a second, each polled until completed."""
    r = s.loadgen("open", "--url", front.url + "/submit", "--status-url", front.url + "/status?id=", "--rate", rate,
                  "--secs", secs or run.of(15, 4), "--records", records)
    if r["timeouts"] or r["late"]:
        raise RuntimeError(f"open loop: timeouts={r['timeouts']} late={r['late']}")
    return {"accepted": r["accepted_ms"], "seen": r["visible_ms"]}


def ours_low_load(run, node):
    """startedAt and finishedAt are Redis's clock, in microseconds, on this machine: compared with the schedule through the
    distance of the two clocks, taken before and after. startedAt is set by the claim, before the node has its answer, so
    finishedAt stands beside it as an upper bound of when the task really began."""
    records, offset = run.path("records"), wall_offset()
    r = low_load(run, node, records)
    offset = (offset + wall_offset()) / 2
    times = {"startedAt": [], "finishedAt": []}
    with open(records) as f:
        for line in f:
            scheduled, _, body = line.split(" ", 2)
            answer = json.loads(body)
            for key, values in times.items():
                at = datetime.datetime.fromisoformat(answer[key].replace("Z", "+00:00")).timestamp()
                values.append((at - offset - int(scheduled) / 1e9) * 1e3)
    return {**r, "started": middle_and_tail(times["startedAt"]), "ended": middle_and_tail(times["finishedAt"])}


def bullmq_low_load(run, front, starts):
    """BullMQ's own stamps are whole milliseconds, so the worker writes down when it began, by CLOCK_MONOTONIC."""
    with open(starts) as f:
        before = len(f.read().split())
    r = low_load(run, front, run.path("records"))
    time.sleep(0.3)
    with open(starts) as f:
        return {**r, "started": middle_and_tail([int(x) / 1e6 for x in f.read().split()[before:]])}


def d_latency(run):
    """Submitted to started at 100/s."""
    ours_redis, bull_redis, starts = s.redis(run), s.redis(run), run.path("starts")
    node, front, worker = s.node(run, ours_redis), s.front(run, bull_redis), s.worker(run, bull_redis, 100, starts)
    for p, server, system in ((node, ours_redis, "ours"), (front, bull_redis, "BullMQ")):
        warm_up(run, p)
        s.await_drained(server, system)
        for rate in (1000, 100):  # polling and tasks one by one are other paths, whose compiling made the tail three times as long
            low_load(run, p, run.path("records"), rate, run.of(10, 2))
    ours, reference = [], []
    for _ in range(max(1, run.pairs - 1)):
        reference.append(run.measured(lambda: bullmq_low_load(run, front, starts), front, worker, bull_redis))
        ours.append(run.measured(lambda: ours_low_load(run, node), node, ours_redis))
    for p in (node, worker, front):
        p.stop()
    for server in (ours_redis, bull_redis):
        s.stop_redis(server)

    def of(samples, event, quantile):
        return [{**sample, "value": sample[event][quantile]} for sample in samples]
    rows = []
    for what, event, theirs, reach in (("submitted to started", "started", "started", {"p50": 0.55, "p99": 0.7}),
                                       ("submitted to recorded as ended, against started", "ended", "started", {}),
                                       ("submitted to seen completed by polling", "seen", "seen", {})):
        for q in ("p50", "p99"):
            rows.append(row("d", f"{what}, 100/s, {q}", of(ours, event, q), of(reference, theirs, q), "BullMQ", ("<=", reach[q]) if q in reach else None, "ms"))
    return rows


def bullmq_bytes(run, count):
    server = s.redis(run)
    before = server.client.used_memory()
    s.fill_bullmq(run, server, count)
    pending = server.client.used_memory() - before
    worker = s.worker(run, server)
    s.await_drained(server, "BullMQ")
    worker.stop()
    finished = server.client.used_memory() - before
    s.stop_redis(server)
    return pending / count, finished / count


def e_memory(run):
    """Redis memory per task with a payload of 100 bytes, pending and finished."""
    count = run.of(100_000, 20_000)
    server = s.redis(run)
    empty = server.client.used_memory()
    fill_ours(run, server, count)
    pending = (server.client.used_memory() - empty) / count
    node = s.node(run, server)
    await_true("the last task", lambda: s.completed(node) == count, 60)
    node.stop()
    finished = (server.client.used_memory() - empty) / count
    s.stop_redis(server)
    bull_pending, bull_finished = bullmq_bytes(run, count)
    rows = []
    for state, ours, theirs in (("pending", pending, bull_pending), ("finished", finished, bull_finished)):
        r = row("e", f"Redis memory per {state} task of 100 bytes, {count:,} of them", [{"value": ours}], [{"value": theirs}], "BullMQ", None, "bytes")
        rows.append({**r, "limit": ("<=", 400)})
    return rows


def f_many_workers(run):
    """10,000 tasks that sleep, all at once, in a heap of 160 MiB."""
    heap, count = "160m", 10_000
    server = s.redis(run)
    node = s.node(run, server, workers=count, heap=heap)
    begun = time.monotonic()
    s.submit(node, CONNECTIONS, count, 60, "--type", "sleep", "--payload", '{"ms":60000}')
    await_true("all sleeping", lambda: server.client.cardinality(s.RUNNING) == count, 40)
    took = time.monotonic() - begun
    time.sleep(2)
    if server.client.cardinality(s.RUNNING) != count:
        raise RuntimeError("the sleeping tasks did not stay")
    sample = {"value": node.memory_mib("VmHWM"), "rss_now_mib": node.memory_mib(), "all_running_after_s": took, "live_heap_mib": s.live_heap_mib(node)}
    node.stop(secs=1)
    s.stop_redis(server)
    r = row("f", f"resident memory with {count:,} tasks sleeping at once (peak; -Xmx{heap})", [sample], [], None, None, "MiB")
    return [{**r, "limit": ("<", 300)}]


def script_times(server, names):
    """Script -> microseconds of each call since slowlog was last reset."""
    calls = {}
    for entry in server.client("SLOWLOG", "GET", "-1"):
        words = entry[3]
        if words[0].upper() in ("EVALSHA", "EVALSHA_RO", "FCALL"):
            calls.setdefault(names.get(words[1], words[1][:8]), []).append(entry[2])
    server.client("SLOWLOG", "RESET")
    return calls


def at_depth(run, server, filler, names, secs):
    """Script times with what is pending now: 1,000 submissions one by one, then a leader of 10 workers for a while; its live
    heap in the midst of draining, after 10,000 tasks, if there are as many."""
    server.client("SLOWLOG", "RESET")
    s.submit(filler, 1, 1000)
    times = script_times(server, names)
    depth = server.client.cardinality(*s.PENDING["ours"])
    node = s.node(run, server, workers=10, wait=False)
    await_true("the first task", lambda: server.client.cardinality(*s.PENDING["ours"]) < depth, 60)
    end, left, heap = time.monotonic() + secs, depth, None
    while (time.monotonic() < end or heap is None) and left > 0:
        time.sleep(0.02)
        left = server.client.cardinality(*s.PENDING["ours"])
        if heap is None and depth - left >= 10_000:
            heap = s.live_heap_mib(node)
    taken = depth - server.client.cardinality(*s.PENDING["ours"])
    for script, calls in script_times(server, names).items():
        times.setdefault(script, calls)
    rss = node.memory_mib()
    node.stop()
    server.client("SLOWLOG", "RESET")
    scripts = {k: {"calls": len(v), "p50_us": statistics.median(v), "p99_us": sorted(v)[int(len(v) * 0.99)], "total_us": sum(v)} for k, v in times.items()}
    return {"pending": depth, "taken": taken, "scripts": scripts, "rss_mib": rss, "live_heap_mib": heap}


def g_million(run):
    """A million tasks pending beside two thousand: the time of each script, and the node's memory."""
    many, names = run.of(1_000_000, 100_000), s.script_names()
    server = s.redis(run)
    for option, value in (("slowlog-log-slower-than", 0), ("slowlog-max-len", 200_000)):
        server.client("CONFIG", "SET", option, value)
    filler = s.node(run, server, eligible=False)
    s.submit(filler, 1, 1000)
    small = at_depth(run, server, filler, names, 3)

    def filled_to(count):
        server.client("CONFIG", "SET", "slowlog-log-slower-than", -1)
        s.submit(filler, CONNECTIONS, count - server.client.cardinality(*s.PENDING["ours"]))
        server.client("CONFIG", "SET", "slowlog-log-slower-than", 0)
        return at_depth(run, server, filler, names, 3)
    middle, large = filled_to(60_000), filled_to(many)
    filler_mib = filler.memory_mib()
    filler.stop()
    s.stop_redis(server)
    rows = []
    for script in sorted(set(small["scripts"]) & set(large["scripts"])):
        one, two = small["scripts"][script], large["scripts"][script]
        if min(one["calls"], two["calls"]) < 50:
            continue
        per_task = script.split("-")[0] in ("claim", "end")
        value = lambda depth, calls: {"value": calls["total_us"] / depth["taken"] if per_task else calls["p50_us"], **calls}
        what = f"Redis time of {script} per {'task' if per_task else 'call'} with {large['pending']:,} pending"
        rows.append(row("g", what, [value(large, two)], [value(small, one)], f"{small['pending']:,} pending", ("<=", 2), "us"))
    for key, what in (("live_heap_mib", "live heap of the leader"), ("rss_mib", "resident memory of the leader (-Xmx512m)")):
        rows.append(row("g", f"{what} while it drains {large['pending']:,}", [{"value": large[key], "filler_rss_mib": filler_mib}], [{"value": middle[key]}],
                        f"draining {middle['pending']:,}", ("<=", 2) if key == "live_heap_mib" else None, "MiB"))
    return rows
