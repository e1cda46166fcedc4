"""Measures the first seconds of a node that was just started, beside BullMQ's front and worker, in turns and without a warm-up.

    python3 src/bench/cold.py [--pairs 2] [--secs 30] [--java-options "-XX:AOTCache=..."] [--classpath target/run/...]

src/bench/measure has built all that it needs. Rows: submitted and completed with 64 connections; submitted with one connection,
its rate and the p99 of its times.
"""
import argparse
import os
import shlex
import shutil
import statistics
import sys
import time

import processes
import systems as s


def node(run, server, options):
    port = processes.free_port()
    classpath = options.classpath or os.path.join(s.ROOT, "target", "task-scheduler.jar") + ":" + os.path.join(s.ROOT, "target", "lib", "*")
    p = run.start("node", [s.JAVA, *shlex.split(options.java_options), "-cp", classpath, "dev.taskscheduler.Main"], {
        "NODE_ID": "bench", "REDIS_ADDR": server.address, "LISTEN_ADDR": f"127.0.0.1:{port}", "CONSENSUS_TYPE": "redis", "MAX_PENDING": 5_000_000,
        "WORKER_COUNT": 100})
    p.url = f"http://127.0.0.1:{port}"
    s.served(p, port)
    return [p]


def bullmq(run, server, options):
    return [s.front(run, server), s.worker(run, server)]


def first_seconds(run, system, options, connections):
    """Tasks completed a second, submissions a second, and their p99 in ms, over the first seconds that it answers."""
    server = s.redis(run)
    started = system(run, server, options)
    begun = time.monotonic()
    r = s.submit(started[0], connections, secs=options.secs)
    done = s.completed(started[0])
    took = time.monotonic() - begun
    for p in reversed(started):
        p.stop()
    s.stop_redis(server)
    return done / took, r["rate"], r["lat_ms"]["p99"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=2)
    parser.add_argument("--secs", type=int, default=30)
    parser.add_argument("--java-options", default="")
    parser.add_argument("--classpath")
    options = parser.parse_args()
    run = s.Run(options.pairs, False)
    try:
        for connections, rows in ((64, ("completed", "submitted")), (1, ("completed", "submitted", "p99 of a submission"))):
            pairs = [[first_seconds(run, system, options, connections) for system in (bullmq, node)] for _ in range(options.pairs)]
            for i, row in enumerate(rows):
                ratios = [ours[i] / theirs[i] for theirs, ours in pairs]
                samples = ", ".join(f"{ours[i]:.4g} to {theirs[i]:.4g}" for theirs, ours in pairs)
                print(f"{connections} connections, {row}: {statistics.median(ratios):.2f} of BullMQ's ({samples})", flush=True)
    finally:
        processes.stop_all()
        shutil.rmtree(run.folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
