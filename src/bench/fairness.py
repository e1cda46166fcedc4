"""Measures m: what each policy of priorities leaves to lower ones while more of higher ones come than can run."""
import datetime
import json
import time
import urllib.request

from processes import await_true
from throughput import row
import systems as s

WORKERS, MS = 10, 10  # so 1,000 tasks a second at the most
POLICIES = {
    "strict": {},
    "strict, ageing of 1 s": {"PRIORITY_AGEING": "1s"},
    "weighted 6, 3, 1": {"PRIORITY_POLICY": "weighted", "PRIORITY_WEIGHTS": "6,3,1"},
}


def submit(node, priority, count):
    body = json.dumps([{"priority": priority, "type": "sleep", "payload": {"ms": MS}}] * count).encode()
    request = urllib.request.Request(node.url + "/submit/batch", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return [item["id"] for item in json.loads(answer.read())["results"]]


def seconds(instant):
    return datetime.datetime.fromisoformat(instant.replace("Z", "+00:00")).timestamp()


def waits(run, env):
    """Half as many high tasks again as can run, for some seconds, with 100 low ones among the first. How long those waited, sorted; and
    how many tasks ended a second meanwhile."""
    server = s.redis(run)
    node = s.node(run, server, workers=WORKERS, env=env)
    secs, low = run.of(10, 3), []
    began = time.monotonic()
    for tick in range(secs * 10):
        submit(node, "high", 150)
        if tick == 5:
            low = submit(node, "low", 100)
        time.sleep(max(0, began + (tick + 1) / 10 - time.monotonic()))
    rate = s.completed(node) / (time.monotonic() - began)
    await_true("the low ones to end", lambda: server.client.cardinality(*s.PENDING["ours"]) == 0, 60, 0.1)
    took = []
    for task in low:
        status = json.loads(s.get(f"{node.url}/status?id={task}"))
        took.append(seconds(status["startedAt"]) - seconds(status["submittedAt"]))
    node.stop()
    s.stop_redis(server)
    return {"value": max(took), "p50": sorted(took)[len(took) // 2], "rate": rate}


def m_fairness(run):
    """How long 100 low tasks wait while half as many high ones again come as can run, by each policy."""
    rows, strict = [], None
    for policy, env in POLICIES.items():
        sample = waits(run, env)
        strict = strict or sample
        rows.append(row("m", f"the longest wait of 100 low tasks under too many high ones, {policy}", [sample], [] if policy == "strict" else [strict],
                        "strict", None, "s"))
    return rows
