package dev.taskscheduler.task.redis;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.taskscheduler.process.VitalThreads;
import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.redis.RedisException;
import dev.taskscheduler.redis.ServerInfo;
import dev.taskscheduler.redis.StoreFormat;
import dev.taskscheduler.task.StoreHealth;
import dev.taskscheduler.task.StoreServers;
import java.util.List;
import java.util.Optional;

/// Asks Redis twice a second how it is, so that health is answered at once, also when Redis hangs.
final class RedisHealth implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(RedisHealth.class.getName());
  private static final long PERIOD_MS = 500;
  private static final String NO_EVICTION = "noeviction";
  private static final double ROOM_AGAIN = 0.95;
  private static final String FULL =
      "Redis is full (maxmemory) and takes no new tasks: give it more memory, or wait until tasks"
          + " are removed";
  private static final StoreHealth NOT_ASKED =
      new StoreHealth(
          false,
          Optional.of("Redis was not called yet"),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          0,
          StoreServers.UNKNOWN,
          0);

  /// Of so many looks one counts what was set aside.
  private static final int LOOKS_PER_COUNT = 4;

  private static final LuaScript DAMAGED = LuaScript.load(RedisHealth.class, "damaged");

  private final Redis redis;
  private final Namespace namespace;
  private final StoreFormat format;
  private int looks; // the watching thread's alone, as is the next
  private long damaged;
  private volatile StoreHealth last = NOT_ASKED;
  private volatile boolean closed;

  RedisHealth(Redis redis, Namespace namespace) {
    this.redis = redis;
    this.namespace = namespace;
    this.format = new StoreFormat(redis, namespace);
    VitalThreads.platform("redis-health", this::watch).start();
  }

  StoreHealth last() {
    return last;
  }

  private void watch() throws InterruptedException {
    while (!closed) {
      StoreHealth now = ask();
      log(last, now);
      last = now;
      synchronized (this) {
        if (!closed) {
          wait(PERIOD_MS);
        }
      }
    }
  }

  private StoreHealth ask() {
    try {
      return read(info());
    } catch (RedisException.Refused e) {
      return lost(StoreExceptions.advice(e.code(), e));
    } catch (RedisException e) {
      return lost(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) { // an answer that nobody foresaw must not end the watch
      return lost("Redis sent an unexpected answer: " + e);
    }
  }

  /// All of `INFO`, or what a user may see of it: the lease needs only the part on the server.
  private ServerInfo info() {
    try {
      return redis.info("default");
    } catch (RedisException.Refused e) {
      if (!e.code().equals("NOPERM")) {
        throw e;
      }
      return redis.info("server");
    }
  }

  private StoreHealth lost(String problem) {
    return new StoreHealth(
        false,
        Optional.of(problem),
        last.version(),
        last.persistence(),
        last.evictionPolicy(),
        0,
        servers(List.of()),
        damaged);
  }

  /// How much was set aside, as of this look or one shortly before.
  private long damaged() {
    if (looks++ % LOOKS_PER_COUNT == 0) {
      damaged = (Long) redis.eval(DAMAGED, List.of(namespace.key("leader")), List.of());
    }
    return damaged;
  }

  private StoreHealth read(ServerInfo info) {
    Optional<String> version = info.field("redis_version");
    Optional<String> policy = info.field("maxmemory_policy");
    Optional<String> persistence =
        info.field("aof_enabled").map(aof -> persistence(aof.equals("1")));
    boolean loading = info.field("loading").filter("1"::equals).isPresent();
    int replicas = info.field("connected_slaves").map(Integer::parseInt).orElse(0);
    return new StoreHealth(
        !loading,
        problem(info, loading, policy),
        version,
        persistence,
        policy,
        replicas,
        servers(ReplicationInfo.replicas(info)),
        loading ? damaged : damaged());
  }

  private StoreServers servers(List<StoreServers.Replica> replicas) {
    return new StoreServers(redis.topology(), redis.primary(), replicas);
  }

  private Optional<String> problem(ServerInfo info, boolean loading, Optional<String> policy) {
    if (loading) {
      return Optional.of("Redis is still loading its data");
    }
    if (info.field("role").filter("slave"::equals).isPresent()) {
      redis.reconnect(); // the name may lead to the primary by now
      return Optional.of(
          redis.asksForPrimary()
              ? "this Redis is a replica now, the new primary is asked for"
              : "this Redis is a replica: REDIS_ADDR must name the primary");
    }
    if (policy.isPresent() && !keepsTasks(policy.get())) {
      return Optional.of(
          "maxmemory-policy is %s, which may drop tasks: set it to noeviction; nobody leads until then"
              .formatted(policy.get()));
    }
    if (info.field("aof_last_write_status").filter("err"::equals).isPresent()) {
      return Optional.of(
          "Redis cannot write its append-only file: free space on its disk, see its log");
    }
    if (info.field("rdb_last_bgsave_status").filter("err"::equals).isPresent()
        && redis.config("stop-writes-on-bgsave-error").filter("yes"::equals).isPresent()
        && redis.config("save").filter(save -> !save.isEmpty()).isPresent()) {
      return Optional.of(
          "Redis cannot write its snapshots and so refuses all writes: free space on its disk,"
              + " see its log");
    }
    return full(info) ? Optional.of(FULL) : format.problem();
  }

  /// No task has an expiry, so the policies that look only at keys with one keep all tasks.
  private static boolean keepsTasks(String policy) {
    return policy.equals(NO_EVICTION) || policy.startsWith("volatile-");
  }

  private static void warnOf(String policy) {
    if (policy.startsWith("volatile-")) {
      LOG.log(
          WARNING,
          () ->
              "redis may accept duplicates when it is full, since it drops unique and idempotency keys"
                  + " first: set maxmemory-policy noeviction, it is "
                  + policy);
    } else if (policy.isEmpty()) {
      LOG.log(
          WARNING,
          "redis does not tell its maxmemory-policy: make sure that it is noeviction, or tasks may"
              + " be dropped");
    }
  }

  /// Once full, it counts as full until there is some room: else each task that ends would be
  /// logged.
  private boolean full(ServerInfo info) {
    double used = info.field("used_memory").map(Double::parseDouble).orElse(0.0);
    double most = info.field("maxmemory").map(Double::parseDouble).orElse(0.0);
    boolean before = last.problem().filter(FULL::equals).isPresent();
    return most > 0 && used >= most * (before ? ROOM_AGAIN : 1);
  }

  private String persistence(boolean aof) {
    if (aof) {
      return "aof" + redis.config("appendfsync").map(policy -> "-" + policy).orElse("");
    }
    return redis.config("save").map(save -> save.isEmpty() ? "none" : "snapshots").orElse("no-aof");
  }

  private void log(StoreHealth before, StoreHealth now) {
    if (now.available() && !before.available()) {
      LOG.log(
          INFO,
          () ->
              "redis answers address=%s version=%s persistence=%s maxmemory-policy=%s replicas=%s"
                  .formatted(
                      redis,
                      now.version().orElse("unknown"),
                      now.persistence().orElse("unknown"),
                      now.evictionPolicy().orElse("unknown"),
                      now.replicas()));
      if (now.persistence().filter("none"::equals).isPresent()
          && !now.persistence().equals(before.persistence())) {
        LOG.log(
            WARNING,
            () ->
                "redis stores nothing on disk, accepted tasks are lost when it stops: set appendonly yes");
      }
    } else if (!now.available() && (before.available() || before.equals(NOT_ASKED))) {
      LOG.log(
          WARNING,
          () -> "redis does not answer address=" + redis + " problem=" + now.problem().orElse(""));
    }
    if (now.available()
        && (before.equals(NOT_ASKED) || !now.evictionPolicy().equals(before.evictionPolicy()))) {
      warnOf(now.evictionPolicy().orElse(""));
    }
    if (now.available() && now.problem().isPresent() && !now.problem().equals(before.problem())) {
      // The candidate logs what keeps it from leading, as an error.
      LOG.log(WARNING, () -> "redis is not suitable problem=" + now.problem().orElse(""));
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
  }
}
