package dev.taskscheduler.task.redis;

import dev.taskscheduler.queue.Queues;
import dev.taskscheduler.redis.Admission;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.schedule.Fires;
import dev.taskscheduler.schedule.Schedules;
import dev.taskscheduler.task.Activity;
import dev.taskscheduler.task.Claims;
import dev.taskscheduler.task.ClusterQueries;
import dev.taskscheduler.task.TaskLimits;
import dev.taskscheduler.task.TaskMaintenance;
import dev.taskscheduler.task.TaskPorts;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Opens and closes the ports to the tasks of one namespace on a Redis.
public final class RedisTasks implements AutoCloseable {
  /// How long a call may wait for its turn. It takes about four seconds at the worst: with this
  /// wait each future ends within ten.
  static final Duration LONGEST_WAIT = Duration.ofSeconds(3);

  private final ScriptCalls calls;
  private final Admission admission;
  private final RedisHealth health;
  private final RedisTaskIntake intake;
  private final RedisTaskCommands commands;
  private final RedisTaskQueries queries;
  private final RedisClusterQueries cluster;
  private final RedisQueues queues;
  private final RedisSchedules schedules;
  private final RedisFires fires;
  private final RedisClaims claims;
  private final RedisTaskMaintenance maintenance;
  private @Nullable RedisActivity kept;

  /// @param redis a pool of at least seven connections, not closed here
  public RedisTasks(Redis redis, Namespace namespace, TaskLimits limits) {
    this(redis, namespace, limits, RedisTaskIntake.MAY_COME_AGAIN);
  }

  /// @param mayComeAgain for how long nothing is removed after its submission and after its end
  RedisTasks(Redis redis, Namespace namespace, TaskLimits limits, Duration mayComeAgain) {
    calls = new ScriptCalls(redis, namespace);
    admission = new Admission(redis, namespace);
    health = new RedisHealth(redis, namespace);
    DurableWrites durable = new DurableWrites(redis, calls, health::last);
    intake = new RedisTaskIntake(durable, admission, limits);
    commands = new RedisTaskCommands(calls, admission, limits, mayComeAgain);
    queries = new RedisTaskQueries(calls);
    cluster = new RedisClusterQueries(calls);
    queues = new RedisQueues(commands);
    schedules = new RedisSchedules(commands, namespace, limits.maxPending());
    fires = new RedisFires(calls, namespace, limits.maxPending());
    claims = new RedisClaims(redis, calls, namespace, limits);
    maintenance = new RedisTaskMaintenance(calls, namespace, limits, mayComeAgain);
  }

  public TaskPorts ports() {
    return new TaskPorts(intake, commands, commands, queries, health::last);
  }

  /// Writes what this node does into the history, until this is closed.
  public void keep(Activity activity) {
    kept = new RedisActivity(calls, admission, activity);
  }

  /// The port for questions about the whole scheduler; any node may use it.
  public ClusterQueries cluster() {
    return cluster;
  }

  /// The port for queues; any node may use it.
  public Queues queues() {
    return queues;
  }

  /// The port for schedules; any node may use it.
  public Schedules schedules() {
    return schedules;
  }

  /// The port for the leader's part in schedules.
  public Fires fires() {
    return fires;
  }

  public Claims claims() {
    return claims;
  }

  public TaskMaintenance maintenance() {
    return maintenance;
  }

  @Override
  public void close() {
    if (kept != null) {
      kept.close();
    }
    claims.close();
    intake.close();
    commands.close();
    queries.close();
    cluster.close();
    health.close();
  }
}
