package dev.taskscheduler.cluster;

import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.RedisGroups;
import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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
/// lost; the others may be, since Redis replicates asynchronously. No two pools may overlap.
public final class RedisFailovers {
  private static final String TASK = "{\"type\":\"probe\",\"payload\":1,\"durability\":\"%s\"}";
  private static final String UNKNOWN = "\"status\":404";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private RedisFailovers() {}

  /// The servers, and how one is replaced.
  private interface Group extends AutoCloseable {
    String address();

    /// Replaces the primary; returns at once, as far as it can.
    void replace();

    /// Whether Redis itself has another primary.
    boolean isReplaced();

    /// Waits until all is as before, with a replica that has caught up.
    void repair();

    @Override
    void close();
  }

  private record BySentinel(RedisGroups.Watched servers, boolean kill, RedisServer[] former)
      implements Group {
    @Override
    public String address() {
      return servers.address();
    }

    @Override
    public void replace() {
      former[0] = servers.primary();
      if (kill) {
        former[0].kill();
      } else {
        servers.beginFailOver();
      }
    }

    @Override
    public boolean isReplaced() {
      return servers.isReplaced(former[0]);
    }

    @Override
    public void repair() {
      servers.awaitOther(former[0]);
      if (kill) {
        former[0].restart();
      }
      servers.rejoin(former[0]);
    }

    @Override
    public void close() {
      servers.close();
    }
  }

  private record OfCluster(RedisGroups.Cluster servers, boolean kill, RedisServer[] former)
      implements Group {
    @Override
    public String address() {
      return servers.address();
    }

    @Override
    public void replace() {
      former[0] = servers.primary("scheduler");
      if (kill) {
        former[0].kill();
      } else {
        servers.failOver("scheduler");
      }
    }

    @Override
    public boolean isReplaced() {
      return servers.isServed("scheduler");
    }

    @Override
    public void repair() {
      if (kill) {
        Eventually.await("another serves", LIMIT, () -> servers.isServed("scheduler"));
        former[0].restart();
      }
      Eventually.await("it has a replica again", LIMIT, () -> servers.hasReplica("scheduler"));
    }

    @Override
    public void close() {
      servers.close();
    }
  }

  private static Group group(String kind) {
    boolean kill = kind.endsWith("kill");
    RedisServer[] former = new RedisServer[1];
    return kind.startsWith("cluster")
        ? new OfCluster(new RedisGroups.Cluster(true), kill, former)
        : new BySentinel(new RedisGroups.Watched(), kill, former);
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
        "%-16s %6s %6s %7s %7s %7s %13s %18s %18s%n",
        "kind",
        "lease",
        "trials",
        "min ms",
        "p50 ms",
        "max ms",
        "Redis: p50 max",
        "in memory, lost",
        "on replica, lost");
    boolean sound = true;
    for (String kind :
        options
            .getOrDefault("--kinds", "sentinel-kill,sentinel-planned,cluster-kill,cluster-planned")
            .split(",")) {
      sound &= measure(kind, trials, lease);
    }
    System.exit(sound ? 0 : 1);
  }

  private static boolean measure(String kind, int trials, String lease) throws Exception {
    List<Long> times = new ArrayList<>();
    List<Long> ofRedis = new ArrayList<>(); // until it had another primary
    try (Group group = group(kind);
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
      cluster.records().assertNoTwoPoolsAtOnce();
      times.sort(null);
      ofRedis.sort(null);
      System.out.printf(
          "%-16s %6s %6d %7d %7d %7d %7d %5d %11d, %5d %11d, %5d%n",
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
          lostOnReplica);
      return lostOnReplica == 0;
    }
  }

  /// What the nodes accepted.
  private static final class Submissions implements AutoCloseable {
    private final Queue<String> inMemory = new ConcurrentLinkedQueue<>();
    private final Queue<String> onReplica = new ConcurrentLinkedQueue<>();
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
        lost += seen[0].contains(UNKNOWN) ? 1 : 0;
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
