"""Compares two builds of this scheduler in turns: rows a to d without their references.

    python3 src/bench/builds.py OLD_ROOT NEW_ROOT [--pairs 5]

Both roots are built (`./mvnw -DskipTests package`), and src/bench/measure has made target/bench/loadgen here. Prints for each row
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


def pairs_of(run, roots, measure):
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


def submitting(run, roots):
    servers = [systems.redis(run) for _ in roots]
    nodes = [with_root(root, lambda: systems.node(run, server, eligible=False)) for root, server in zip(roots, servers)]
    for node in nodes:
        throughput.warm_up(run, node)

    def measure(which):
        servers[which].client("FLUSHALL", "SYNC")
        return run.measured(lambda: {"value": systems.submit(nodes[which], throughput.CONNECTIONS, secs=1)["rate"]}, nodes[which])["value"]
    run.pairs *= 4
    told("a submit", pairs_of(run, roots, measure))
    run.pairs //= 4
    for process in nodes:
        process.stop()
    for server in servers:
        systems.stop_redis(server)


def completing(run, roots):
    servers = [systems.redis(run) for _ in roots]
    nodes = [with_root(root, lambda: systems.node(run, server)) for root, server in zip(roots, servers)]
    for node, server in zip(nodes, servers):
        throughput.warm_up(run, node)
        systems.await_drained(server, "ours")
        throughput.submit_and_complete(run, node)
    told("b complete", pairs_of(run, roots, lambda which: throughput.submit_and_complete(run, nodes[which])["value"]))
    for process in nodes:
        process.stop()
    for server in servers:
        systems.stop_redis(server)


def draining(run, roots):
    count = run.of(100_000, 20_000)
    # each build's own: two may differ in the format of what they keep
    data = [with_root(root, lambda: systems.snapshot(run, lambda server: throughput.fill_ours(run, server, count)))[0] for root in roots]
    start = lambda root: lambda server: with_root(root, lambda: systems.node(run, server, 100, wait=False))
    told("c drain", pairs_of(run, roots, lambda which: throughput.drain(run, data[which], "ours", start(roots[which]), count)["value"]))


def latency(run, roots):
    servers = [systems.redis(run) for _ in roots]
    nodes = [with_root(root, lambda: systems.node(run, server)) for root, server in zip(roots, servers)]
    for node in nodes:
        throughput.warm_up(run, node)

    def measure(which):
        return footprint.low_load(run, nodes[which], run.path("records"), secs=4)["seen"]["p50"]
    told("d submit to completed, p50 of the time", pairs_of(run, roots, measure))
    for process in nodes:
        process.stop()
    for server in servers:
        systems.stop_redis(server)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--only", default="a,b,c,d")
    options = parser.parse_args()
    run = systems.Run(options.pairs, False)
    roots = [os.path.abspath(options.old), os.path.abspath(options.new)]
    measures = {"a": submitting, "b": completing, "c": draining, "d": latency}
    try:
        for letter in options.only.split(","):
            try:
                measures[letter](run, roots)
            finally:
                processes.stop_all()
    finally:
        shutil.rmtree(run.folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
