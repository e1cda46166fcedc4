"""See src/faults/queue-limits. A target counts for each queue what runs at once and when each request begins."""
import argparse
import collections
import http.server
import random
import shutil
import signal
import socketserver
import sys
import threading
import time

from cluster import Cluster
from processes import await_true
import processes
import systems as s

LIMITED, CONCURRENCY = [f"limited-{i}" for i in range(10)], 4
RATED, STARTS, BURST = "rated", 200, 20
CLOSING = "closing"
FREE = "free"
ENV = {"LEASE_TTL": "1s", "HTTP_ALLOW_PRIVATE": "127.0.0.1", "BACKOFF_BASE": "50ms", "MAX_ATTEMPTS": "100"}


class Target:
    def __init__(self):
        self.lock = threading.Lock()
        self.running = collections.Counter()
        self.most = collections.Counter()
        self.begun = collections.defaultdict(list)
        self.closed_until = 0
        self.too_early = 0
        self.epoch = self.stale = 0
        target = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                target.serve(self, self.path[1:])

            def log_message(self, *args):
                pass

            def handle(self):
                try:
                    super().handle()
                except OSError:
                    pass  # its leader was killed

        class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True
            request_queue_size = 1024

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def serve(self, request, queue):
        now, epoch = time.monotonic(), int(request.headers["Task-Epoch"])
        with self.lock:
            # a process that was paused sends what it was about to send, though another leads: so a target refuses older epochs
            self.epoch = max(self.epoch, epoch)
            stale = epoch < self.epoch
            self.stale += stale
        if stale:
            return self.answer(request, 409)
        with self.lock:
            self.running[queue] += 1
            self.most[queue] = max(self.most[queue], self.running[queue])
            self.begun[queue].append(now)
            count = len(self.begun[queue])
            busy = queue == CLOSING and now >= self.closed_until and count % 50 == 0
            if queue == CLOSING and now < self.closed_until - 0.05:
                self.too_early += 1
            if busy:
                self.closed_until = now + 1
        time.sleep(0.003)
        with self.lock:
            self.running[queue] -= 1
        self.answer(request, 429 if busy else 200)

    @staticmethod
    def answer(request, status):
        request.send_response(status)
        if status == 429:
            request.send_header("Retry-After", "1")
        request.send_header("Content-Length", "0")
        request.end_headers()

    def most_in_a_second(self, queue):
        times, most, first = sorted(self.begun[queue]), 0, 0
        for last, time_ in enumerate(times):
            while time_ - times[first] >= 1:
                first += 1
            most = max(most, last - first + 1)
        return most


def disturb(cluster, chance, events):
    """Kills, pauses or resigns the leader, or changes settings and deletes a queue under load."""
    kind = chance.choice(("kill", "pause", "resign", "settings", "delete", "pause-queue"))
    leader = cluster.leader()
    events[kind] += 1
    if kind == "kill" and leader in cluster.nodes:
        cluster.nodes.pop(leader).child.kill()
        time.sleep(1)
        cluster.start(leader)
    elif kind == "pause" and leader in cluster.nodes:
        node = cluster.nodes[leader]
        node.child.send_signal(signal.SIGSTOP)
        time.sleep(2.5)
        node.child.send_signal(signal.SIGCONT)
    elif kind == "resign":
        cluster.resign(leader)
    elif kind == "settings":
        cluster.call("PUT", "/queues/limited-*", {"concurrency": CONCURRENCY, "weight": chance.randint(1, 9)})
    elif kind == "delete":
        queue = chance.choice(LIMITED)
        cluster.call("PUT", f"/queues/{queue}", {"weight": 3})
        cluster.call("DELETE", f"/queues/{queue}")
    elif kind == "pause-queue":
        queue = chance.choice(LIMITED)
        cluster.call("POST", f"/queues/{queue}/pause", {"note": "a test"})
        time.sleep(0.5)
        cluster.call("POST", f"/queues/{queue}/resume")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    chance, run, target, events = random.Random(options.seed), s.Run(1, True), Target(), collections.Counter()
    failed = []
    try:
        cluster = Cluster(run, 200, lambda _: ENV)
        await_true("a leader", lambda: cluster.leader(), 60, 0.2)
        cluster.call("PUT", "/queues/limited-*", {"concurrency": CONCURRENCY})
        cluster.call("PUT", f"/queues/{RATED}", {"rate": f"{STARTS}/PT1S", "burst": BURST})
        cluster.call("PUT", f"/queues/{CLOSING}", {"honourRetryAfter": True, "concurrency": 1})
        queues = [chance.choice(LIMITED * 8 + [RATED, CLOSING] + [FREE] * 10) for _ in range(options.tasks)]
        submitted = [0]

        def submit():
            for begin in range(0, len(queues), 500):
                tasks = [{"type": "http", "queue": queue, "payload": {"url": f"http://127.0.0.1:{target.port}/{queue}"}} for queue in queues[begin:begin + 500]]
                submitted[0] += cluster.call("POST", "/submit/batch", tasks, 30)["accepted"]
        submitter = threading.Thread(target=submit)
        submitter.start()
        began = time.monotonic()

        def left():
            counts = cluster.call("GET", "/stats")["tasks"]
            return counts["ready"] + counts["running"] + counts["scheduled"]
        while submitter.is_alive() or left() > 0:
            time.sleep(chance.random() * 4)
            if submitter.is_alive() or left() > options.tasks / 20:
                disturb(cluster, chance, events)
            if time.monotonic() - began > 1500:
                failed.append(f"{left()} tasks are left after 25 minutes: a place was lost")
                break
        took = time.monotonic() - began
        counts = cluster.call("GET", "/stats")["tasks"]
        if counts["dead"] or submitted[0] < options.tasks:
            failed.append(f"submitted {submitted[0]}, dead {counts['dead']}")
        requests = sum(map(len, target.begun.values()))
        if requests < submitted[0]:
            failed.append(f"{submitted[0]} submitted, {requests} requests")
        for queue in LIMITED:
            if target.most[queue] > CONCURRENCY:
                failed.append(f"{queue}: {target.most[queue]} at once, not {CONCURRENCY}")
        if target.most_in_a_second(RATED) > STARTS + BURST:
            failed.append(f"{RATED}: {target.most_in_a_second(RATED)} in a second, not {STARTS + BURST}")
        if target.too_early:
            failed.append(f"{CLOSING}: {target.too_early} requests while it was closed")
        occupied = [queue for queue in cluster.call("GET", "/queues?limit=500")["queues"] if queue["running"]]
        if occupied:
            failed.append(f"places taken by nothing: {occupied}")
        print(f"{submitted[0]:,} tasks, {requests:,} requests ({target.stale} of an older leader refused) in {took:.0f} s with {dict(events)}; at once in limited queues at most "
              f"{max(target.most[q] for q in LIMITED)} of {CONCURRENCY}, most in a second of the rated one {target.most_in_a_second(RATED)} of {STARTS + BURST}")
    finally:
        processes.stop_all()
        shutil.rmtree(run.folder, ignore_errors=True)
    print("FAILED: " + "; ".join(failed) if failed else "all held")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
