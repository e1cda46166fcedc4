"""Measures what the dashboard costs: the data of each page with many tasks, and browsers that stay open.

    JAVA_HOME=... python3 src/bench/pages.py [--quick]

Builds nothing: `./mvnw -DskipTests package` comes first. The reference is the same call on a node whose Redis holds 1,000 tasks.
"""
import argparse
import http.client
import json
import shutil
import statistics
import sys
import threading
import time

import processes
import schedules
import systems as s

BATCH = 10_000
CALLS = 60
ERRORS = 40  # kinds of errors of dead tasks
DEAD = 1_000


class Caller(schedules.Caller):
    def __call__(self, method, path, body=None):
        text = super().__call__(method, path, body)
        return json.loads(text) if text else None


def fill(call, tasks):
    """Dead tasks of several errors, schedules, and for the rest half ready and half scheduled tasks in nine queues."""
    for i in range(50):
        call("PUT", f"/schedules/s{i}", {"cron": "0 0 1 1 *", "task": {"payload": 1}})
    call("POST", "/submit/batch", [{"type": "fail", "maxAttempts": 1, "payload": {"error": f"error {chr(97 + i % ERRORS)} of {i}"}} for i in range(DEAD)])
    processes.await_true("all are dead", lambda: call("GET", "/stats")["tasks"]["dead"] >= DEAD, 120)
    call("POST", "/pause")
    for begin in range(DEAD, tasks, BATCH):
        some = range(begin, min(begin + BATCH, tasks))
        call("POST", "/submit/batch", [{"payload": i, "queue": f"q{i % 9}", **({"delay": "30d"} if i % 2 else {})} for i in some])
    return call("GET", "/tasks?state=ready&limit=1")["tasks"][0]["id"] if tasks > DEAD else call("GET", "/tasks?limit=1")["tasks"][0]["id"]


def pages(task):
    return {
        "overview": "/overview", "rates of 15 minutes": "/history?window=15m", "rates of 24 hours": "/history?window=24h",
        "leadership": "/leader/history?limit=10", "tasks": "/tasks?limit=50", "ready": "/tasks?state=ready&limit=50",
        "scheduled": "/tasks?state=scheduled&limit=50", "dead": "/tasks?state=dead&limit=50", "by error": "/tasks?state=dead&error=c&limit=50",
        "a task": "/tasks/" + task, "why it waits": f"/tasks/{task}/explain", "dead letters": "/tasks?state=dead&limit=500",
        "queues": "/queues?sort=ready&limit=100", "a queue": "/queues/q1", "schedules": "/schedules?limit=100", "settings": "/settings",
    }


def times(call, paths):
    """The median of each call in ms. A second lies between two of the overview, which a node makes once a second."""
    found = {}
    for name, path in paths.items():
        took = []
        for _ in range(10 if name == "overview" else CALLS):
            if name == "overview":
                time.sleep(1.05)
            began = time.monotonic()
            call("GET", path)
            took.append(1000 * (time.monotonic() - began))
        found[name] = (statistics.median(took), max(took))
    return found


def measured(run, tasks):
    server = s.redis(run)
    leader = s.node(run, server)
    task = fill(Caller(leader), tasks)
    node = s.node(run, server, eligible=False, env={"NODE_ID": "looked-at"})  # what a leader does besides is not measured
    call = Caller(node)
    paths = pages(task)
    times(call, {name: path for name, path in paths.items() if name != "overview"})  # warm
    found = times(call, paths)
    return server, [node, leader], found


def watched(server, node, listeners, secs):
    """CPU of the node, and commands that Redis is asked in a second, while so many browsers look."""
    port = int(node.url.rsplit(":", 1)[1])
    over = threading.Event()

    def listen():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/events")
        answer = connection.getresponse()
        while not over.is_set() and answer.readline():
            pass
        connection.close()

    def commands():
        return int(server.client.info("stats")["total_commands_processed"])

    threads = [threading.Thread(target=listen, daemon=True) for _ in range(listeners)]
    for thread in threads:
        thread.start()
    time.sleep(5)
    asked, used = commands(), schedules.cpu(node.child.pid)
    time.sleep(secs)
    rate, cpu = (commands() - asked) / secs, 100 * (schedules.cpu(node.child.pid) - used) / secs
    over.set()
    for thread in threads:
        thread.join(5)
    return rate, cpu


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    tasks = 50_000 if options.quick else 1_000_000
    run = s.Run(1, options.quick)
    try:
        server, nodes, few = measured(run, 1_000 + DEAD)
        for process in nodes:
            process.stop()
        s.stop_redis(server)
        server, (node, leader), many = measured(run, tasks)
        print(f"{'page':20} {'ms with ' + format(tasks, ','):>20} {'slowest':>9} {'ratio to 2,000':>15}")
        for name, (median, slowest) in many.items():
            print(f"{name:20} {median:20.2f} {slowest:9.2f} {median / few[name][0]:15.2f}", flush=True)
        leader.stop()  # its repairs ask Redis much more than all browsers
        for listeners in (0, 100):
            rate, cpu = watched(server, node, listeners, 10 if options.quick else 30)
            print(f"{listeners} browsers: {rate:.1f} commands a second in Redis, {cpu:.1f} % of a core in the node", flush=True)
    finally:
        processes.stop_all()
        shutil.rmtree(run.folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
