package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.ScriptCalls.text;

import dev.taskscheduler.redis.Admission;
import dev.taskscheduler.redis.Batcher;
import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.redis.RedisException;
import dev.taskscheduler.task.Cancellation;
import dev.taskscheduler.task.DeleteResult;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.Pauses;
import dev.taskscheduler.task.RetryResult;
import dev.taskscheduler.task.RunResult;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.TaskCommands;
import dev.taskscheduler.task.TaskLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// Carries out the commands of users besides submissions: cancel, retry, pause, resume. Each is a
/// call of its own.
final class RedisTaskCommands implements TaskCommands, Pauses, AutoCloseable {
  /// One after the other: the last of a batch waits for all before it.
  private static final Batcher.Limits LIMITS =
      new Batcher.Limits(20, 4L << 20, 5_000, 64L << 20, RedisTasks.LONGEST_WAIT);

  private static final LuaScript CANCEL = LuaScript.load(RedisTaskCommands.class, "cancel");
  private static final LuaScript RETRY = LuaScript.load(RedisTaskCommands.class, "retry");
  private static final LuaScript RUN = LuaScript.load(RedisTaskCommands.class, "run");
  private static final LuaScript DELETE = LuaScript.load(RedisTaskCommands.class, "delete");
  private static final LuaScript PAUSE = LuaScript.load(RedisTaskCommands.class, "pause");
  private static final LuaScript PAUSED = LuaScript.load(RedisTaskCommands.class, "paused");

  private static final Pattern MS = Pattern.compile("\\d{1,15}");

  private record Command(String name, Supplier<Object> call) {}

  /// An answer, or the failure of this one command: others in the batch have nothing to do with it.
  private record Answer(Optional<Object> value, Optional<RedisException> failure) {}

  private final ScriptCalls calls;
  private final Admission admission;
  private final TaskLimits limits;
  private final Duration mayComeAgain;
  private final Batcher<Command, Answer> commands =
      new Batcher<>("redis-command", LIMITS, command -> 0, this::carryOut);

  /// @param mayComeAgain for how long nothing is removed after its submission and after its end
  RedisTaskCommands(
      ScriptCalls calls, Admission admission, TaskLimits limits, Duration mayComeAgain) {
    this.mayComeAgain = mayComeAgain;
    this.calls = calls;
    this.admission = admission;
    this.limits = limits;
  }

  @Override
  public Cancellation cancel(String id) {
    String[] answer = text(send(CANCEL, id)).split(" ", 2);
    return switch (answer[0]) {
      case "unknown" -> new Cancellation.Unknown();
      case "asked" -> new Cancellation.Asked();
      case "ended" -> new Cancellation.Ended(answer[1]);
      default -> new Cancellation.Cancelled(StateName.valueOf(answer[1].toUpperCase(Locale.ROOT)));
    };
  }

  @Override
  public RunResult run(String id) {
    String answer = text(send(RUN, id)).split(" ", 2)[0];
    return RunResult.valueOf(answer.toUpperCase(Locale.ROOT));
  }

  @Override
  public List<RetryResult> retry(List<String> ids) {
    return ((List<?>) send(RETRY, limits.maxPending(), ids))
        .stream()
            .map(answer -> RetryResult.valueOf(text(answer).toUpperCase(Locale.ROOT)))
            .toList();
  }

  @Override
  public List<DeleteResult> delete(List<String> ids) {
    return ((List<?>) send(DELETE, mayComeAgain.toMillis(), ids))
        .stream()
            .map(answer -> DeleteResult.valueOf(text(answer).toUpperCase(Locale.ROOT)))
            .toList();
  }

  @Override
  public void pause(Pause pause) {
    var unused = send(PAUSE, pause.wire(), 1);
  }

  @Override
  public void resume(Pause pause) {
    var unused = send(PAUSE, pause.wire(), 0);
  }

  @Override
  public Map<Pause, Instant> paused() {
    return paused((List<?>) send(PAUSED));
  }

  /// @param pairs what, and since when in ms, in turns
  static Map<Pause, Instant> paused(List<?> pairs) {
    Map<Pause, Instant> paused = new LinkedHashMap<>();
    for (int i = 0; i < pairs.size(); i += 2) {
      Instant since = since(text(pairs.get(i + 1)));
      Pause.read(text(pairs.get(i))).ifPresent(what -> paused.put(what, since));
    }
    return paused;
  }

  /// Where the time cannot be read it is paused all the same.
  private static Instant since(String ms) {
    return MS.matcher(ms).matches() ? Instant.ofEpochMilli(Long.parseLong(ms)) : Instant.EPOCH;
  }

  /// Calls a script on a thread that nobody interrupts.
  Object send(LuaScript script, Object... args) {
    Command command = new Command(script.name(), () -> calls.eval(script, args));
    Answer answer = StoreExceptions.await(script.name(), commands.add(command));
    if (answer.failure.isPresent()) {
      throw StoreExceptions.translate(script.name(), answer.failure.get());
    }
    return answer.value.orElseThrow();
  }

  /// Once Redis gave no answer the rest is not sent: each would wait in vain as long as that one.
  private List<Answer> carryOut(List<Command> some) {
    List<Answer> answers = new ArrayList<>(some.size());
    Optional<RedisException> silent = Optional.empty();
    for (Command command : some) {
      if (silent.isPresent()) {
        answers.add(
            failed(
                new RedisException.Unreachable(
                    command.name + " was not sent: " + silent.get().getMessage(), silent.get())));
        continue;
      }
      try {
        admission.require();
        answers.add(new Answer(Optional.of(ScriptCalls.again(command.call)), Optional.empty()));
      } catch (RedisException.Refused e) {
        answers.add(failed(e));
      } catch (RedisException.Raised e) {
        admission.recheck();
        answers.add(failed(e));
      } catch (RedisException e) {
        silent = Optional.of(e);
        answers.add(failed(e));
      }
    }
    return answers;
  }

  private static Answer failed(RedisException failure) {
    return new Answer(Optional.empty(), Optional.of(failure));
  }

  @Override
  public void close() {
    commands.close();
  }
}
