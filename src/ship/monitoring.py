"""Runs every query of the board and of the alerts against a real Prometheus that scrapes three real nodes."""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.parse
import urllib.request

from cluster import await_true, call, leader

PORTS = [8081, 8082, 8083]
SUBMISSIONS = [b'{"payload":1}', b'{"priority":"high","type":"sleep","payload":{"ms":50}}', b'{"priority":"low","type":"fail","payload":{"error":"meant"}}']


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def load(secs):
    end = time.monotonic() + secs
    n = 0
    while time.monotonic() < end:
        try:
            call(PORTS[n % 3], "POST", "/submit", SUBMISSIONS[n % 3])
        except OSError:
            pass
        n += 1
        time.sleep(0.02)


def queries(check):
    folder = os.path.abspath("target/ship/monitoring")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    port = free_port()
    with open(f"{folder}/prometheus.yml", "w") as f:
        json.dump({"global": {"scrape_interval": "1s", "evaluation_interval": "1s"}, "rule_files": [os.path.abspath("docs/monitoring/alerts.yml")],
                   "scrape_configs": [{"job_name": "task-scheduler", "static_configs": [{"targets": [f"127.0.0.1:{p}" for p in PORTS]}]}]}, f)
    log = open(f"{folder}/log", "w")
    started = []

    def start(*words):
        started.append(subprocess.Popen(words, stdout=log, stderr=log))

    def api(path, **query):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/{path}?{urllib.parse.urlencode(query)}", timeout=10) as answer:
            return json.load(answer)["data"]

    try:
        start("./run", "--nodes", "3")
        start("prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}")
        await_true("a leader", lambda: leader(PORTS), 240)
        await_true("Prometheus sees all", lambda: len([r for r in api("query", query="up == 1")["result"]]) == 3)
        load(15)
        for p in PORTS:
            call(p, "POST", "/leader/resign")
        load(15)
        rules = [rule for group in api("rules")["groups"] for rule in group["rules"]]
        bad = [rule["name"] for rule in rules if rule["health"] != "ok"]
        check("rules evaluate", rules and not bad, bad or f"{len(rules)} of them")
        firing = [rule["name"] for rule in rules if rule["state"] == "firing"]
        check("a healthy cluster wakes nobody", not firing, firing or "no alert fires")
        with open("docs/monitoring/grafana/task-scheduler.json") as f:
            board = json.load(f)
        empty = []
        asked = [t["expr"] for panel in board["panels"] for t in panel["targets"]]
        for expr in asked:
            real = re.sub(r"\$__rate_interval", "20s", expr.replace("$job", "task-scheduler"))
            if not api("query", query=real)["result"]:
                empty.append(expr)
        check("queries of the board with an answer", not empty, empty or f"all {len(asked)}")
    finally:
        for p in reversed(started):
            p.send_signal(signal.SIGINT)
        for p in started:
            p.wait(60)
        log.close()
