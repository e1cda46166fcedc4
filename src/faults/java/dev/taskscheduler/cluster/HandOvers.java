package dev.taskscheduler.cluster;

import dev.taskscheduler.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Measures how long it takes from a blow to the leader until the next leader starts its first
/// task, many times, and checks all pools of all trials for overlap and every accepted task for its
/// end.
///
/// Submissions go on through all nodes meanwhile, so there is always a task to start. All times are
/// of the machine's one monotonic clock.
public final class HandOvers {
  private static final String FORM = "%-8s %-8s %7s %7d %9.0f %9.0f %9.0f %9.0f%n";

  private HandOvers() {}

  /// What befalls the leader.
  private enum Kind {
    /// SIGKILL; from the signal.
    CRASH,
    /// SIGTERM while only short tasks run; from the signal.
    STOP,
    /// SIGTERM while tasks of five seconds run; from the end of the last of them.
    DRAIN,
    /// `POST /leader/resign`; from the call.
    RESIGN,
    /// SIGSTOP, SIGCONT after the next has begun; from the signal.
    PAUSE
  }

  /// See `src/faults/run`.
  public static void main(String[] args) throws Exception {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      options.put(args[i], args[i + 1]);
    }
    int trials = Integer.parseInt(options.getOrDefault("--trials", "20"));
    String elector = options.getOrDefault("--elector", "redis");
    String lease = options.getOrDefault("--lease", "2s");
    System.out.printf(
        "%-8s %-8s %7s %7s %9s %9s %9s %9s%n",
        "kind", "elector", "lease", "trials", "min ms", "p50 ms", "p90 ms", "max ms");
    for (String kind :
        options.getOrDefault("--kinds", "crash,stop,drain,resign,pause").split(",")) {
      Map<String, String> environment =
          new HashMap<>(
              Map.of("LEASE_TTL", lease, "WORKER_COUNT", "64", "CONSENSUS_TYPE", elector));
      options.forEach((name, value) -> {
        if (name.startsWith("--env.")) {
          environment.put(name.substring("--env.".length()), value);
        }
      });
      List<Double> times =
          measure(Kind.valueOf(kind.toUpperCase(java.util.Locale.ROOT)), trials, environment);
      times.sort(null);
      System.out.printf(
          FORM,
          kind,
          elector,
          lease,
          trials,
          times.getFirst(),
          at(times, 0.5),
          at(times, 0.9),
          times.getLast());
    }
    System.exit(0);
  }

  private static double at(List<Double> sorted, double part) {
    return sorted.get((int) Math.min(sorted.size() - 1, Math.round(part * (sorted.size() - 1))));
  }

  private static List<Double> measure(Kind kind, int trials, Map<String, String> environment)
      throws Exception {
    List<Double> times = new ArrayList<>();
    try (Cluster cluster = new Cluster(environment)) {
      cluster.awaitLeader();
      try (Ledger ledger = cluster.ledger()) {
        for (int i = 0; i < trials; i++) {
          ledger.awaitAccepted(30);
          NodeProcess leader = cluster.awaitLeader();
          // At any moment between two beats.
          LockSupport.parkNanos(
              TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextLong(600)));
          times.add(trial(kind, cluster, leader) / 1e6);
          cluster.repair();
        }
        Map<String, Integer> attempts = ledger.settle(cluster.awaitLeader());
        Records records = cluster.records();
        records.assertRecordedOnce(attempts);
        records.assertNoTwoPoolsAtOnce();
        System.out.printf(
            "# %d accepted, all ended once; %d pools, none overlapped%n",
            ledger.accepted(), records.pools());
      }
    }
    return times;
  }

  private static long trial(Kind kind, Cluster cluster, NodeProcess leader) throws Exception {
    long epoch = cluster.records().newestEpoch();
    if (kind == Kind.DRAIN) {
      for (int i = 0; i < 8; i++) {
        cluster
            .otherThan(leader)
            .call("POST", "/submit", "{\"type\":\"probe\",\"payload\":5000,\"priority\":\"high\"}");
      }
    }
    long blow = System.nanoTime();
    switch (kind) {
      case CRASH -> leader.signal("KILL");
      case STOP, DRAIN -> leader.signal("TERM");
      case RESIGN -> leader.call("POST", "/leader/resign", "");
      case PAUSE -> leader.signal("STOP");
    }
    Eventually.await(
        "the next leader starts a task",
        Duration.ofSeconds(60),
        () -> {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
          return cluster.records().firstStartAfter(epoch).isPresent();
        });
    Records records = cluster.records();
    long first = records.firstStartAfter(epoch).orElseThrow();
    switch (kind) {
      case PAUSE -> leader.signal("CONT");
      case CRASH, STOP, DRAIN -> leader.awaitExit();
      case RESIGN -> {}
    }
    OptionalLong lastEnd = records.lastEndUnder(epoch);
    return first - (kind == Kind.DRAIN && lastEnd.isPresent() ? lastEnd.getAsLong() : blow);
  }
}
