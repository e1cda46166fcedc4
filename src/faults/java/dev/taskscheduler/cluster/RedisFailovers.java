package dev.taskscheduler.cluster;

import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.RedisGroups;
import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/// Replaces the primary of Redis many times while three nodes work, and measures the time until the
/// next task starts, and which accepted tasks are lost.
///
/// Half of the tasks are submitted with `durability: replica`. Those that got it must never be
/// lost; the others may be, since Redis replicates asynchronously. No two pools may overlap, and
/// what is recorded of each task is its last start.
public final class RedisFailovers {
  private static final String TASK = "{\"type\":\"probe\",\"payload\":1,\"durability\":\"%s\"}";
  private static final String UNKNOWN = "\"status\":404";
  private static final String NAMESPACE = "scheduler";
  private static final String NONE = "";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private RedisFailovers() {}

  /// What happens to the primary.
  private enum Blow {
    KILL,
    PLANNED,
    /// Nothing comes through from it or to it any more, so that its connections stay open.
    SILENT
  }

  /// The servers, and how one is replaced.
  private abstract static class Group implements AutoCloseable {
    final Blow blow;
    private RedisServer former;

    Group(Blow blow) {
      this.blow = blow;
    }

    abstract String address();

    abstract RedisServer primary();

    abstract void failOver();

    /// Whether Redis itself has another primary than this one.
    abstract boolean isReplaced(RedisServer before);

    /// Waits until the former primary is a replica that has caught up.
    abstract void rejoin(RedisServer before);

    /// Replaces the primary; returns at once, as far as it can.
    final void replace() {
      former = primary();
      switch (blow) {
        case KILL -> former.kill();
        case PLANNED -> failOver();
        case SILENT -> {
          nft("add rule inet silent in tcp dport %d drop".formatted(former.port()));
          nft("add rule inet silent in tcp sport %d drop".formatted(former.port()));
          former.pause(); // the others of a Cluster hear it by connections that it made
        }
      }
    }

    final boolean isReplaced() {
      return isReplaced(former);
    }

    /// Waits until all is as before, with a replica that has caught up.
    final void repair() {
      Eventually.await("another is the primary", LIMIT, this::isReplaced);
      switch (blow) {
        case KILL -> former.restart();
        case PLANNED -> {}
        case SILENT -> {
          nft("flush chain inet silent in");
          former.resume();
        }
      }
      rejoin(former);
    }

    @Override
    public abstract void close();
  }

  private static final class BySentinel extends Group {
    private final RedisGroups.Watched servers;

    BySentinel(Blow blow, String... lines) {
      super(blow);
      servers = new RedisGroups.Watched(lines);
    }

    @Override
    String address() {
      return servers.address();
    }

    @Override
    RedisServer primary() {
      return servers.primary();
    }

    @Override
    void failOver() {
      servers.beginFailOver();
    }

    @Override
    boolean isReplaced(RedisServer before) {
      return servers.isReplaced(before);
    }

    @Override
    void rejoin(RedisServer before) {
      servers.rejoin(before);
    }

    @Override
    public void close() {
      servers.close();
    }
  }

  private static final class OfCluster extends Group {
    private final RedisGroups.Cluster servers;

    OfCluster(Blow blow, String... lines) {
      super(blow);
      servers = new RedisGroups.Cluster(true, lines);
    }

    @Override
    String address() {
      return servers.address();
    }

    @Override
    RedisServer primary() {
      return servers.primary(NAMESPACE);
    }

    @Override
    void failOver() {
      servers.failOver(NAMESPACE);
    }

    @Override
    boolean isReplaced(RedisServer before) {
      return servers.isServedBesides(before, NAMESPACE);
    }

    @Override
    void rejoin(RedisServer before) {
      Eventually.await("it has a replica again", LIMIT, () -> servers.hasReplica(NAMESPACE));
    }

    @Override
    public void close() {
      servers.close();
    }
  }

  private static void nft(String rules) {
    try {
      int status = new ProcessBuilder("nft", rules).inheritIO().start().waitFor();
      if (status != 0) {
        throw new IllegalStateException("nft ended with status " + status + ": " + rules);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Group group(String kind, String... lines) {
    Blow blow = Blow.valueOf(kind.substring(kind.indexOf('-') + 1).toUpperCase(Locale.ROOT));
    return kind.startsWith("cluster") ? new OfCluster(blow, lines) : new BySentinel(blow, lines);
  }

  /// See `src/faults/redis-failovers`.
  public static void main(String[] args) throws Exception {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      options.put(args[i], args[i + 1]);
    }
    int trials = Integer.parseInt(options.getOrDefault("--trials", "20"));
    String lease = options.getOrDefault("--lease", "2s");
    System.out.printf(
        "%-16s %6s %6s %7s %7s %7s %13s %18s %18s %9s%n",
        "kind",
        "lease",
        "trials",
        "min ms",
        "p50 ms",
        "max ms",
        "Redis: p50 max",
        "in memory, lost",
        "on replica, lost",
        "ran again");
    String fsync = options.getOrDefault("--fsync", NONE);
    String[] lines =
        fsync.isEmpty() ? new String[0] : new String[] {"appendonly yes", "appendfsync " + fsync};
    boolean sound = true;
    for (String kind :
        options
            .getOrDefault(
                "--kinds",
                "sentinel-kill,sentinel-planned,sentinel-silent,cluster-kill,cluster-planned,cluster-silent")
            .split(",")) {
      sound &= measure(kind, trials, lease, lines);
    }
    System.exit(sound ? 0 : 1);
  }

  private static boolean measure(String kind, int trials, String lease, String... lines)
      throws Exception {
    List<Long> times = new ArrayList<>();
    List<Long> ofRedis = new ArrayList<>(); // until it had another primary
    try (Group group = group(kind, lines);
        Cluster cluster = new Cluster(Map.of("REDIS_ADDR", group.address(), "LEASE_TTL", lease));
        Submissions submissions = new Submissions(cluster)) {
      for (int i = 0; i < trials; i++) {
        cluster.awaitLeader();
        submissions.awaitMore(20);
        long epoch = cluster.records().newestEpoch();
        long blow = System.nanoTime();
        group.replace();
        long[] replaced = {0};
        Eventually.await(
            "the next leader starts a task",
            LIMIT,
            () -> {
              if (replaced[0] == 0 && group.isReplaced()) {
                replaced[0] = System.nanoTime() - blow;
              }
              LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50)); // to look costs a core
              return cluster.records().firstStartAfter(epoch).isPresent();
            });
        times.add(
            TimeUnit.NANOSECONDS.toMillis(
                cluster.records().firstStartAfter(epoch).orElseThrow() - blow));
        ofRedis.add(TimeUnit.NANOSECONDS.toMillis(replaced[0]));
        group.repair();
      }
      submissions.close();
      NodeProcess node = cluster.awaitLeader();
      int lostInMemory = submissions.lost(node, submissions.inMemory);
      int lostOnReplica = submissions.lost(node, submissions.onReplica);
      Records records = cluster.records();
      records.assertNoTwoPoolsAtOnce();
      records.assertLastStartRecorded(submissions.attempts);
      times.sort(null);
      ofRedis.sort(null);
      System.out.printf(
          "%-16s %6s %6d %7d %7d %7d %7d %5d %11d, %5d %11d, %5d %9d%n",
          kind,
          lease,
          trials,
          times.getFirst(),
          times.get(times.size() / 2),
          times.getLast(),
          ofRedis.get(ofRedis.size() / 2),
          ofRedis.getLast(),
          submissions.inMemory.size(),
          lostInMemory,
          submissions.onReplica.size(),
          lostOnReplica,
          records.startsBesidesTheFirst());
      return lostOnReplica == 0;
    }
  }

  /// What the nodes accepted.
  private static final class Submissions implements AutoCloseable {
    private final Queue<String> inMemory = new ConcurrentLinkedQueue<>();
    private final Queue<String> onReplica = new ConcurrentLinkedQueue<>();
    private final Map<String, Integer> attempts = new HashMap<>(); // as recorded at the end
    private final List<Thread> threads;
    private volatile boolean over;

    private Submissions(Cluster cluster) {
      threads =
          IntStream.range(0, 3)
              .mapToObj(i -> Thread.ofVirtual().start(() -> submit(cluster.node(i))))
              .toList();
    }

    private void submit(NodeProcess node) {
      for (int i = 0; !over; i++) {
        try {
          HttpResponse<String> answer =
              node.call("POST", "/submit", TASK.formatted(i % 2 == 0 ? "replica" : "memory"));
          if (answer.statusCode() == 202) {
            boolean copied = answer.body().contains("\"durability\":\"replica\"");
            (copied ? onReplica : inMemory).add(NodeProcess.id(answer));
          }
        } catch (IOException e) {
          // no answer: nothing was accepted as far as this client knows
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }

    private void awaitMore(int more) {
      int before = onReplica.size();
      Eventually.await("accepts with replica", LIMIT, () -> onReplica.size() >= before + more);
    }

    /// How many are unknown; waits until all others are completed.
    private int lost(NodeProcess node, Queue<String> tasks) {
      int lost = 0;
      for (String task : tasks) {
        String[] seen = {""};
        Eventually.await(
            task + " has ended or is lost",
            LIMIT,
            () -> {
              seen[0] = node.task(task);
              return seen[0].contains("\"completed\"") || seen[0].contains(UNKNOWN);
            });
        if (seen[0].contains(UNKNOWN)) {
          lost++;
        } else {
          attempts.put(task, Ledger.attempt(seen[0]));
        }
      }
      return lost;
    }

    @Override
    public void close() {
      over = true;
      for (Thread thread : threads) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }
}
