package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.ScriptCalls.text;
import static dev.taskscheduler.task.redis.StoreExceptions.blocking;

import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.RepairPass;
import dev.taskscheduler.task.TaskLimits;
import dev.taskscheduler.task.TaskMaintenance;
import java.time.Duration;
import java.util.List;

/// Does the leader's periodic duties, each by one script call.
final class RedisTaskMaintenance implements TaskMaintenance {
  private static final long LONGEST_UNTIL_DUE_MS = Duration.ofHours(1).toMillis();

  private static final LuaScript PROMOTE = LuaScript.load(RedisTaskMaintenance.class, "promote");
  private static final LuaScript CANCELLING =
      LuaScript.load(RedisTaskMaintenance.class, "cancelling");
  private static final LuaScript CLEAN = LuaScript.load(RedisTaskMaintenance.class, "clean");

  private final ScriptCalls calls;
  private final Namespace namespace;
  private final TaskLimits limits;
  private final Duration mayComeAgain;

  /// @param mayComeAgain for how long nothing is removed after its submission and after its end
  RedisTaskMaintenance(
      ScriptCalls calls, Namespace namespace, TaskLimits limits, Duration mayComeAgain) {
    this.calls = calls;
    this.namespace = namespace;
    this.limits = limits;
    this.mayComeAgain = mayComeAgain;
  }

  @Override
  public Promoted promote(FencingToken token, int limit) {
    List<?> answer = (List<?>) call(PROMOTE, token, limit);
    long nextMs = (Long) answer.get(1);
    return new Promoted(
        number(answer.get(0)),
        Duration.ofMillis(
            nextMs < 0 ? LONGEST_UNTIL_DUE_MS : Math.min(nextMs, LONGEST_UNTIL_DUE_MS)));
  }

  @Override
  public List<String> cancelling(FencingToken token) {
    List<?> ids = (List<?>) call(CANCELLING, token);
    return ids.stream().map(ScriptCalls::text).toList();
  }

  @Override
  public int clean(FencingToken token, int limit) {
    return number(
        call(
            CLEAN,
            token,
            limit,
            limits.retention().toMillis(),
            limits.maxFinished(),
            limits.maxDead(),
            mayComeAgain.toMillis()));
  }

  @Override
  public RepairPass repair(FencingToken token) {
    return new RedisRepairs(calls, namespace, limits.retention(), token);
  }

  private Object call(LuaScript script, Object... args) {
    return blocking(script.name(), () -> calls.eval(script, args));
  }

  private static int number(Object answer) {
    return Integer.parseInt(text(answer));
  }
}
