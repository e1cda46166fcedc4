"""Measures l: what the leader's look through all that stands in Redis costs."""
from processes import await_true
import systems as s
from footprint import script_times
from throughput import CONNECTIONS, row

PASS = "scheduler_repair_pass_seconds "
REPAIRS = "scheduler_repairs_total{"


def metrics(node, name):
    return sum(float(line.rsplit(" ", 1)[1]) for line in s.get(node.url + "/metrics").splitlines() if line.startswith(name))


def pass_over(run, server, names, lost):
    """The first pass of a new leader, with `lost` tasks taken out of their lists. All is paused, so that they stay pending."""
    server.client("CONFIG", "SET", "slowlog-log-slower-than", 0)
    server.client("SLOWLOG", "RESET")
    node = s.node(run, server)
    looks = []
    await_true("a pass", lambda: metrics(node, PASS) > 0 or looks.append(s.live_heap_mib(node)), 600, 5)
    times = script_times(server, names)
    heap, secs, repaired = s.live_heap_mib(node), metrics(node, PASS), metrics(node, REPAIRS)
    node.stop()
    if repaired != lost:
        raise RuntimeError(f"{repaired} repaired, {lost} lost")
    calls = sorted(us for name, some in times.items() if name.startswith("repair-") for us in some)
    each = {name: {"calls": len(some), "total_us": sum(some), "most_us": max(some)} for name, some in times.items() if name.startswith("repair-")}
    return {"secs": secs, "redis_secs": sum(calls) / 1e6, "p50_us": calls[len(calls) // 2], "p99_us": calls[int(len(calls) * 0.99)], "most_us": calls[-1],
            "heap_in_pass": max(looks, default=heap), "heap_after": heap, "scripts": each}


def l_repairs(run):
    """A pass of the repairer over 200,000 pending tasks, whole ones and with ten lost."""
    count, lost, names = run.of(200_000, 50_000), 10, s.script_names()
    server = s.redis(run)
    server.client("CONFIG", "SET", "slowlog-max-len", 200_000)
    server.client("CONFIG", "SET", "slowlog-log-slower-than", -1)
    filler = s.node(run, server, eligible=False)
    s.submit(filler, CONNECTIONS, count)
    filler.stop()
    server.client("HSET", "{scheduler}:paused", "all", 1)
    whole = pass_over(run, server, names, 0)
    for _ in range(lost):
        server.client("RPOP", "{scheduler}:ready:medium:default")
    broken = pass_over(run, server, names, lost)
    s.stop_redis(server)
    rows = []
    for what, taken in (("whole", whole), (f"{lost} lost", broken)):
        of = f"a pass over {count:,} pending tasks, {what}: "
        sample = lambda value: [{"value": value, **taken}]
        rows += [row("l", of + "Redis time", sample(taken["redis_secs"]), [], None, None, "s"),
                 row("l", of + "how long it takes", sample(taken["secs"]), [], None, None, "s"),
                 row("l", of + "the middle call", sample(taken["p50_us"]), [], None, None, "us"),
                 row("l", of + "the longest call", sample(taken["most_us"]), [], None, None, "us"),
                 row("l", of + "live heap of the leader more than after it", sample(taken["heap_in_pass"] - taken["heap_after"]), [], None, None, "MiB")]
    return rows
