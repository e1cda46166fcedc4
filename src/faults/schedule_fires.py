"""See src/faults/schedule-fires. The tasks themselves, read from Redis at the end, tell for which instants they were made."""
import argparse
import collections
import os
import random
import re
import shutil
import signal
import sys
import time

from cluster import Cluster
from processes import await_true, free_port
import processes
import systems as s

EACH_SECOND, EACH_MINUTE = [f"second-{i}" for i in range(10)], [f"minute-{i}" for i in range(10)]
MADE = re.compile(r"^[^\n]* s=(\S+) i=(\d+)")
KINDS = ("kill", "pause", "cut off", "resign")


def environment(run, elector):
    """The environment of each node, by its name."""
    if elector == "redis":
        return lambda _: {"LEASE_TTL": "2s", "RETENTION": "1d"}
    ports = {name: free_port() for name in ("n0", "n1", "n2")}
    return lambda name: {
        "LEASE_TTL": "2s", "RETENTION": "1d", "CONSENSUS_TYPE": "raft", "RAFT_BIND_ADDR": f"127.0.0.1:{ports[name]}", "RAFT_DATA_DIR": os.path.join(run.folder, name),
        "RAFT_NODES": ",".join(f"{peer}:127.0.0.1:{port}" for peer, port in ports.items())}


def disturb(cluster, kind):
    """Takes the leader away; it comes back within seconds."""
    leader = cluster.leader()
    node = cluster.nodes.get(leader)
    if node is None:
        return False
    if kind == "kill":
        node.child.kill()
        cluster.nodes.pop(leader)
        time.sleep(2)
        cluster.start(leader)
    elif kind == "pause":
        node.child.send_signal(signal.SIGSTOP)
        time.sleep(5)
        node.child.send_signal(signal.SIGCONT)
    elif kind == "cut off":  # its connections break, again and again
        for _ in range(20):
            for line in cluster.redis.client("CLIENT", "LIST").splitlines():
                if leader in line:
                    cluster.redis.client("CLIENT", "KILL", "ID", re.search(r"id=(\d+)", line)[1])
            time.sleep(0.2)
    else:
        cluster.resign(leader)
    return True


def instants(redis):
    """For each schedule how many tasks each of its planned instants has, in ms."""
    made = collections.defaultdict(collections.Counter)
    cursor = "0"
    while True:
        cursor, keys = redis.client("SCAN", cursor, "MATCH", "{scheduler}:task:*", "COUNT", "1000")
        for key in set(keys):
            match = MADE.search(redis.client("GETRANGE", key, "63", "400"))
            if match:
                made[match[1]][int(match[2])] += 1
        if cursor == "0":
            return made


def check(made, begun, ended):
    """What is missing or doubled up to a time, as lines."""
    wrong, expected = [], 0
    for names, period in ((EACH_SECOND, 1_000), (EACH_MINUTE, 60_000)):
        for name in names:
            times = {at: count for at, count in made[name].items() if at <= ended}
            first = min(times, default=0)
            if not times or first > begun[name] + period + 5_000:
                wrong.append(f"{name}: its first task is for {first}, it was created at {begun[name]}")
                continue
            planned = range(first, ended + 1, period)
            expected += len(planned)
            wrong += [f"{name}: {times.get(at, 0)} tasks for {at}" for at in planned if times.get(at, 0) != 1]
            wrong += [f"{name}: a task for {at}, which is not planned" for at in times if at not in planned]
    return wrong, expected


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--elector", choices=("redis", "raft"), default="redis")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    options = parser.parse_args()
    print(f"seed {options.seed} elector {options.elector}", flush=True)
    chance, run, events, begun = random.Random(options.seed), s.Run(1, True), collections.Counter(), {}
    try:
        cluster = Cluster(run, 50, environment(run, options.elector))
        await_true("a leader", lambda: cluster.leader(), 60, 0.2)
        task = {"type": "log", "payload": "{{scheduledAt}}"}
        for name in EACH_SECOND:
            begun[name] = int(time.time() * 1000)
            cluster.call("PUT", f"/schedules/{name}", {"every": "PT1S", "overlap": "allow", "task": task})
        for name in EACH_MINUTE:
            begun[name] = int(time.time() * 1000)
            cluster.call("PUT", f"/schedules/{name}", {"cron": "* * * * *", "overlap": "allow", "task": task})
        kinds = []
        for _ in range(options.minutes):
            minute = 60 - (time.time() + 5) % 60 + 5
            time.sleep(minute - chance.random() * 2)  # up to two seconds before the minute
            kinds = kinds or chance.sample(KINDS, len(KINDS))
            kind = kinds.pop()
            events[kind] += disturb(cluster, kind)
        time.sleep(75)
        ended = int(time.time() * 1000) - 10_000
        wrong, expected = check(instants(cluster.redis), begun, ended)
        late = re.findall(r'scheduler_schedule_fires_total\{[^}]*outcome="(\w+)"[^}]*\} (\S+)', s.get(cluster.nodes[cluster.leader()].url + "/metrics"))
        print(f"{expected:,} planned instants in {options.minutes} minutes with {dict(events)}; the last leader's own count: {dict(late)}")
    finally:
        processes.stop_all()
        shutil.rmtree(run.folder, ignore_errors=True)
    print("FAILED: " + "; ".join(wrong[:20]) if wrong else "each instant has exactly one task")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
