"""Compares two builds of this scheduler, or two kinds of Redis, in turns: rows a to d without their references.

    python3 src/bench/builds.py OLD_ROOT NEW_ROOT [--pairs 5]
    python3 src/bench/builds.py ROOT --cluster      one build with a single Redis (old) and with a Redis Cluster (new)

The roots are built (`./mvnw -DskipTests package`), and src/bench/measure has made target/bench/loadgen here. Prints for each row
the median of new / old, with the smallest and the largest; below 1 the new one is slower (for d: above 1).
"""
import argparse
import os
import shutil
import statistics
import sys

import footprint
import processes
import systems
import throughput


def with_root(root, action):
    kept, systems.ROOT = systems.ROOT, root
    try:
        return action()
    finally:
        systems.ROOT = kept


class Side:
    """One of the two that are compared: a build, and how its Redis is made."""

    def __init__(self, root, redis=systems.redis):
        self.root, self.redis = os.path.abspath(root), redis

    def node(self, run, server, *args, **kwargs):
        return with_root(self.root, lambda: systems.node(run, server, *args, **kwargs))


def pairs_of(run, measure):
    """Samples of both in turns, which of the two goes first too."""
    ratios = []
    for i in range(run.pairs):
        order = (0, 1) if i % 2 == 0 else (1, 0)
        values = [0.0, 0.0]
        for which in order:
            values[which] = measure(which)
        ratios.append(values[1] / values[0])
    return ratios


def told(row, ratios):
    print(f"{row}: {statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f}), {len(ratios)} pairs", flush=True)


def submitting(run, sides):
    servers = [side.redis(run) for side in sides]
    nodes = [side.node(run, server, eligible=False) for side, server in zip(sides, servers)]
    for node in nodes:
        throughput.warm_up(run, node)

    def measure(which):
        servers[which].client("FLUSHALL", "SYNC")
        return run.measured(lambda: {"value": systems.submit(nodes[which], throughput.CONNECTIONS, secs=1)["rate"]}, nodes[which])["value"]
    run.pairs *= 4
    told("a submit", pairs_of(run, measure))
    run.pairs //= 4
    for process in nodes:
        process.stop()
    for server in servers:
        systems.stop_redis(server)


def completing(run, sides):
    servers = [side.redis(run) for side in sides]
    nodes = [side.node(run, server) for side, server in zip(sides, servers)]
    for node, server in zip(nodes, servers):
        throughput.warm_up(run, node)
        systems.await_drained(server, "ours")
        throughput.submit_and_complete(run, node)
    told("b complete", pairs_of(run, lambda which: throughput.submit_and_complete(run, nodes[which])["value"]))
    for process in nodes:
        process.stop()
    for server in servers:
        systems.stop_redis(server)


def draining(run, sides):
    count = run.of(100_000, 20_000)
    # each build's own: two may differ in the format of what they keep
    data = [with_root(side.root, lambda: systems.snapshot(run, lambda server: throughput.fill_ours(run, server, count)))[0] for side in sides]

    def measure(which):
        side = sides[which]
        return throughput.drain(run, data[which], "ours", lambda server: side.node(run, server, 100, wait=False), count, side.redis)["value"]
    told("c drain", pairs_of(run, measure))


def latency(run, sides):
    servers = [side.redis(run) for side in sides]
    nodes = [side.node(run, server) for side, server in zip(sides, servers)]
    for node in nodes:
        throughput.warm_up(run, node)

    def measure(which):
        return footprint.low_load(run, nodes[which], run.path("records"), secs=4)["seen"]["p50"]
    told("d submit to completed, p50 of the time", pairs_of(run, measure))
    for process in nodes:
        process.stop()
    for server in servers:
        systems.stop_redis(server)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", metavar="ROOT")
    parser.add_argument("new", metavar="NEW_ROOT", nargs="?")
    parser.add_argument("--cluster", action="store_true")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--only", default="a,b,c,d")
    options = parser.parse_args()
    run = systems.Run(options.pairs, False)
    if options.cluster == bool(options.new):
        parser.error("give two builds, or one and --cluster")
    sides = [Side(options.old), Side(options.old, systems.redis_cluster) if options.cluster else Side(options.new)]
    measures = {"a": submitting, "b": completing, "c": draining, "d": latency}
    try:
        for letter in options.only.split(","):
            try:
                measures[letter](run, sides)
            finally:
                processes.stop_all()
    finally:
        shutil.rmtree(run.folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
