"""Measure h: many HTTP targets in flight at once."""
import json
import os
import time

from processes import await_true, free_port
import systems as s
from throughput import CONNECTIONS, row, warm_up


def target(run):
    port = free_port()
    command = [s.JAVA, "-XX:+UseSerialGC", "-Xmx1g", "-cp", os.path.join(s.OUT, "classes"), "HoldingTarget"]
    return s.served(run.start("target", command, {"PORT": port}), port)


def h_http_targets(run):
    """10,000 HTTP requests in flight at once, in a heap of 256 MiB; other tasks run beside them all the while."""
    heap, count, others = "256m", 10_000, 100
    server, asked = s.redis(run), target(run)
    node = s.node(run, server, workers=count + others, heap=heap, env={"HTTP_ALLOW_PRIVATE": "127.0.0.1", "HTTP_TIMEOUT": "5m"})
    warm_up(run, node)
    s.await_drained(server, "ours")
    before, begun = s.completed(node), time.monotonic()
    s.submit(node, CONNECTIONS, count, 60, "--type", "http", "--payload", json.dumps({"url": asked.url + "/hold", "body": {"hello": 1}}))
    held = lambda: int(s.get(asked.url + "/held"))
    await_true("all in flight", lambda: held() == count, 60, 0.1)
    took = time.monotonic() - begun
    leader = s.get(node.url + "/leader")
    beside = s.loadgen("open", "--url", node.url + "/submit", "--status-url", node.url + "/status?id=", "--rate", 100, "--secs", 10,
                       "--records", run.path("records"))
    if held() != count or beside["timeouts"] or beside["late"]:
        raise RuntimeError(f"held={held()} timeouts={beside['timeouts']} late={beside['late']}")
    heap_mib = s.live_heap_mib(node)
    begun = time.monotonic()
    s.get(asked.url + "/release")
    await_true("all completed", lambda: s.completed(node) - before == count + beside["sent"], 60, 0.1)
    sample = {"all_in_flight_after_s": took, "live_heap_mib": heap_mib, "all_completed_after_s": time.monotonic() - begun, "rss_now_mib": node.memory_mib()}
    if s.get(node.url + "/leader") != leader:
        raise RuntimeError("leadership was lost")
    peak = node.memory_mib("VmHWM")
    for p in (node, asked):
        p.stop()
    s.stop_redis(server)
    memory = row("h", f"resident memory with {count:,} HTTP requests in flight and then answered at once (peak; -Xmx{heap})", [{**sample, "value": peak}], [], None, None, "MiB")
    rows = [{**memory, "limit": ("<", 400)}]
    for q in ("p50", "p99"):
        rows.append(row("h", f"other tasks meanwhile, submitted to seen completed, 100/s, {q}", [{**sample, "value": beside["visible_ms"][q]}], [], None, None, "ms"))
    return rows
