package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.ScriptCalls.text;

import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.Claim;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;

/// Reads what runs, page by page, under one leader's token.
final class RunningTasks {
  private static final int PAGE = 500;
  private static final LuaScript SCAN = LuaScript.load(RunningTasks.class, "scan-running");
  private static final LuaScript RECLAIMED = LuaScript.load(RunningTasks.class, "reclaimed");

  private final ScriptCalls calls;
  private final FencingToken token;

  RunningTasks(ScriptCalls calls, FencingToken token) {
    this.calls = calls;
    this.token = token;
  }

  /// The ids of those that run as `wanted`. What cannot be read is set aside.
  Set<String> ids(BiPredicate<String, TaskRecordCodec.Running> wanted) {
    Set<String> ids = new LinkedHashSet<>(); // a scan may show an id twice
    String cursor = "0";
    boolean unreadable = false;
    do {
      List<?> page = calls.list(SCAN, token, cursor, PAGE);
      cursor = text(page.getFirst());
      for (int i = 1; i < page.size(); i += 2) {
        String id = text(page.get(i));
        Optional<TaskRecordCodec.Running> running =
            TaskRecordCodec.Running.parse(text(page.get(i + 1)));
        if (running.isEmpty()) {
          unreadable = true;
        } else if (wanted.test(id, running.get())) {
          ids.add(id);
        }
      }
    } while (!cursor.equals("0"));
    if (unreadable) {
      calls.setAside(List.of());
    }
    return ids;
  }

  /// Reads running tasks as claims. What cannot be read is set aside.
  List<Claim> claims(List<String> ids) {
    List<Claim> claims = new ArrayList<>();
    List<ScriptCalls.Suspect> unreadable = new ArrayList<>();
    int next = 0;
    while (next < ids.size()) {
      List<String> some = ids.subList(next, Math.min(next + PAGE, ids.size()));
      List<?> answer = calls.list(RECLAIMED, token, RedisClaims.MOST_BYTES, some);
      for (int i = 1; i < answer.size(); i += 4) {
        String id = text(answer.get(i));
        String defaults = text(answer.get(i + 3));
        byte[] record = (byte[]) answer.get(i + 2);
        TaskRecordCodec.Running.parse(text(answer.get(i + 1)))
            .flatMap(running ->
                TaskRecordCodec.read(
                    record,
                    whole -> whole.claim(id, running.attempt(), running.startedAt(), defaults)))
            .ifPresentOrElse(
                claims::add, () -> unreadable.add(new ScriptCalls.Suspect("unreadable", id)));
      }
      next += Integer.parseInt(text(answer.getFirst()));
    }
    if (!unreadable.isEmpty()) {
      calls.setAside(unreadable);
    }
    return claims;
  }
}
