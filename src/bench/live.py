"""Measures what pages that stay open cost: the time of GET /overview, and 100 listeners of GET /events, on a node that runs.

usage: live.py HTTP_PORT NODE_PID REDIS_PORT REDIS_PID

Fill the node first; let it be one that does not lead (LEADER_ELIGIBLE=false), since the leader's own calls vary more than listeners cost.
"""
import http.client
import os
import subprocess
import sys
import threading
import time

LISTENERS, SECONDS, TIMES = 100, 20, 40
TICK = os.sysconf("SC_CLK_TCK")
port, node, redis_port, redis = (int(arg) for arg in sys.argv[1:5])


def cpu(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def commands():
    """All that Redis has executed, those within scripts included, and the calls of scripts."""
    info = subprocess.run(["redis-cli", "-p", str(redis_port), "info", "all"], capture_output=True, text=True, check=True).stdout
    lines = dict(line.split(":", 1) for line in info.splitlines() if ":" in line)
    return int(lines["total_commands_processed"]), int(lines["cmdstat_evalsha"].split("calls=")[1].split(",")[0])


def overview():
    connection = http.client.HTTPConnection("127.0.0.1", port)
    began = time.perf_counter()
    connection.request("GET", "/overview")
    connection.getresponse().read()
    took = (time.perf_counter() - began) * 1000
    connection.close()
    return took


def window(label):
    before, began = (cpu(node), cpu(redis), *commands()), time.monotonic()
    time.sleep(SECONDS)
    after, took = (cpu(node), cpu(redis), *commands()), time.monotonic() - began
    rates = [(a - b) / took for a, b in zip(after, before)]
    print("%s: node %.2f %% of a core, Redis %.2f %%, %.0f commands/s, %.1f calls of scripts/s"
          % (label, 100 * rates[0], 100 * rates[1], rates[2], rates[3]))


def listen(events, i):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/events")
    answer = connection.getresponse()
    while True:
        if answer.readline().startswith(b"data:"):
            events[i] += 1


times = []
for _ in range(TIMES):
    time.sleep(1.05)  # the document is made once a second
    times.append(overview())
times.sort()
print("GET /overview: median %.1f ms, p90 %.1f ms, the longest %.1f ms" % (times[TIMES // 2], times[TIMES * 9 // 10], times[-1]))
window("nobody listens")
heard = [0] * LISTENERS
for number in range(LISTENERS):
    threading.Thread(target=listen, args=(heard, number), daemon=True).start()
time.sleep(5)
first = sum(heard)
window(f"{LISTENERS} listen")
print("events of each in %s s: %.1f" % (SECONDS, (sum(heard) - first) / LISTENERS))
window(f"{LISTENERS} listen")
