package dev.taskscheduler.cluster;

import dev.taskscheduler.testing.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
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
  private static final String FORM = "%-10s %-8s %7s %7d %9.0f %9.0f %9.0f %9.0f%n";

  private static final Duration LONG_PAUSE = Duration.ofSeconds(70);

  private HandOvers() {}

  /// What befalls the leader.
  private enum Kind {
    /// SIGKILL; from the signal.
    CRASH,
    /// SIGTERM while no task runs for longer than a moment; from the signal.
    IDLE,
    /// SIGTERM while tasks of up to 120 ms run, which are waited for; from the signal.
    STOP,
    /// SIGTERM while tasks of five seconds run; from the end of the last of them.
    DRAIN,
    /// `POST /leader/resign` while no task runs for longer than a moment; from the call.
    RESIGN,
    /// SIGSTOP, SIGCONT after the next has begun; from the signal.
    PAUSE,
    /// The same, but SIGCONT after 70 s: longer than any timeout of Ratis.
    LONG_PAUSE,
    /// Cut off from both other nodes, healed after the next has begun; from the cut.
    CUT_PEERS,
    /// Cut off from Redis only; from the cut.
    CUT_REDIS,
    /// Cut off from both; from the cut.
    CUT_BOTH;

    boolean isCut() {
      return this == CUT_PEERS || this == CUT_REDIS || this == CUT_BOTH;
    }
  }

  /// See `src/faults/check-promises`.
  public static void main(String[] args) throws Exception {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      options.put(args[i], args[i + 1]);
    }
    int trials = Integer.parseInt(options.getOrDefault("--trials", "20"));
    String elector = options.getOrDefault("--elector", "redis");
    String lease = options.getOrDefault("--lease", "2s");
    Path cache = train(elector);
    System.out.printf(
        "%-10s %-8s %7s %7s %9s %9s %9s %9s%n",
        "kind", "elector", "lease", "trials", "min ms", "p50 ms", "p90 ms", "max ms");
    for (String kind :
        options.getOrDefault("--kinds", "crash,idle,stop,drain,resign,pause").split(",")) {
      Map<String, String> environment =
          new HashMap<>(
              Map.of("LEASE_TTL", lease, "WORKER_COUNT", "64", "CONSENSUS_TYPE", elector));
      environment.put("JAVA_TOOL_OPTIONS", "-XX:AOTCache=" + cache);
      options.forEach((name, value) -> {
        if (name.startsWith("--env.")) {
          environment.put(name.substring("--env.".length()), value);
        }
      });
      List<Double> times =
          measure(
              Kind.valueOf(kind.toUpperCase(Locale.ROOT).replace('-', '_')), trials, environment);
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

  /// Makes an AOT cache of one that followed, led, resigned and stopped.
  private static Path train(String elector) throws Exception {
    Path cache = Path.of("target", "faults", elector + ".aot").toAbsolutePath();
    try (Cluster cluster = new Cluster(Map.of("CONSENSUS_TYPE", elector, "LEASE_TTL", "1s"))) {
      cluster.tell(0, Map.of("JAVA_TOOL_OPTIONS", "-XX:AOTCacheOutput=" + cache));
      cluster.node(0).signal("KILL");
      cluster.node(0).awaitExit();
      cluster.repair();
      try (Ledger ledger = cluster.ledger()) {
        for (int i = 0; i < 6; i++) {
          cluster.awaitWhole();
          NodeProcess leader = cluster.awaitLeader();
          if (cluster.index(leader) == 0 || elector.equals("raft")) { // which gives all their turn
            leader.call("POST", "/leader/resign", "");
          } else {
            resignInFavourOfFirst(cluster, leader);
          }
          ledger.awaitAccepted(100);
        }
      }
      cluster.node(0).signal("TERM");
      cluster.node(0).awaitExit();
    }
    if (!Files.exists(cache)) {
      throw new IllegalStateException("no AOT cache was made");
    }
    return cache;
  }

  /// One that is watched for its cache is slow, and would never be the next by itself.
  private static void resignInFavourOfFirst(Cluster cluster, NodeProcess leader) throws Exception {
    NodeProcess third = cluster.node(3 - cluster.index(leader));
    third.signal("STOP");
    try {
      leader.call("POST", "/leader/resign", "");
      cluster.node(0).awaitLeads();
    } finally {
      third.signal("CONT");
    }
  }

  private static double at(List<Double> sorted, double part) {
    return sorted.get((int) Math.min(sorted.size() - 1, Math.round(part * (sorted.size() - 1))));
  }

  private static List<Double> measure(Kind kind, int trials, Map<String, String> environment)
      throws Exception {
    List<Double> times = new ArrayList<>();
    try (Cluster cluster = cluster(kind, environment)) {
      cluster.awaitLeader();
      boolean idle = kind == Kind.IDLE || kind == Kind.RESIGN;
      try (Ledger ledger = idle ? cluster.ledger(0) : cluster.ledger()) {
        for (int i = 0; i < trials; i++) {
          ledger.awaitAccepted(idle ? 500 : 30); // idle: some seconds old, as nodes are in service
          NodeProcess leader = cluster.awaitLeader();
          // At any moment between two beats.
          LockSupport.parkNanos(
              TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextLong(600)));
          times.add(trial(kind, cluster, leader) / 1e6);
          cluster.repair();
          cluster.awaitWhole();
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

  private static Cluster cluster(Kind kind, Map<String, String> environment) {
    if (!kind.isCut()) {
      return new Cluster(environment);
    }
    return new Cluster(network().nodes(), network().redis(), environment);
  }

  private static Switch network() {
    String prefix = System.getenv("FAULTS_NET");
    if (prefix == null) {
      throw new IllegalStateException("Cuts need a network of their own: use src/faults/cut");
    }
    return new Switch(prefix);
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
      case IDLE, STOP, DRAIN -> leader.signal("TERM");
      case RESIGN -> leader.call("POST", "/leader/resign", "");
      case PAUSE, LONG_PAUSE -> leader.signal("STOP");
      case CUT_PEERS -> network().cutFromPeers(cluster.index(leader));
      case CUT_REDIS -> network().cutFromRedis(cluster.index(leader));
      case CUT_BOTH -> {
        network().cutFromPeers(cluster.index(leader));
        network().cutFromRedis(cluster.index(leader));
      }
    }
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(250)); // to look costs a core
    Eventually.await(
        "the next leader starts a task",
        Duration.ofSeconds(60),
        () -> {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
          return cluster.records().firstStartAfter(epoch).isPresent();
        });
    Records records = cluster.records();
    long first = records.firstStartAfter(epoch).orElseThrow();
    switch (kind) {
      case PAUSE -> leader.signal("CONT");
      case LONG_PAUSE -> {
        LockSupport.parkNanos(blow + LONG_PAUSE.toNanos() - System.nanoTime());
        leader.signal("CONT");
        leader.awaitReady();
      }
      case CUT_PEERS, CUT_REDIS, CUT_BOTH -> network().heal();
      case CRASH, IDLE, STOP, DRAIN -> leader.awaitExit();
      case RESIGN -> {}
    }
    OptionalLong lastEnd = records.lastEndUnder(epoch);
    return first - (kind == Kind.DRAIN && lastEnd.isPresent() ? lastEnd.getAsLong() : blow);
  }
}
