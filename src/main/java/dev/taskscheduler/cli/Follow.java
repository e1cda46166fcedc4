package dev.taskscheduler.cli;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Asks for the status of a task again and again until the task ends, or a limit is reached.
///
/// A node that does not answer, or not now, is asked again for a while: what a task waits for is
/// often a restart.
final class Follow {
  private static final Set<String> ENDED = Set.of("completed", "dead", "expired", "cancelled");
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private final Server server;
  private final String id;
  private final Duration limit;

  Follow(Server server, String id, Duration limit) {
    this.server = server;
    this.id = id;
    this.limit = limit;
  }

  /// @param changed gets the first status and each with another state or attempt, the last one too
  /// @return the exit status that the end of the task means
  int toTheEnd(Consumer<Json> changed) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    long answered = System.nanoTime();
    long pause = FIRST_PAUSE.toMillis();
    String seen = "";
    while (true) {
      try {
        Json status = server.get("/status", new Query().add("id", id));
        answered = System.nanoTime();
        String state = status.show("state");
        if (!seen.equals(state + status.show("attempt"))) {
          seen = state + status.show("attempt");
          pause = FIRST_PAUSE.toMillis();
          changed.accept(status);
        }
        if (ENDED.contains(state)) {
          return state.equals("completed") ? ExitStatus.OK : ExitStatus.NEGATIVE;
        }
      } catch (CliException e) {
        boolean passing =
            e instanceof CliException.Unreachable
                || e instanceof CliException.Refused refused && refused.isPassing();
        if (!passing || System.nanoTime() - answered > SILENCE.toNanos()) {
          throw e;
        }
      }
      if (System.nanoTime() - end >= 0) {
        return ExitStatus.STILL_RUNNING;
      }
      TimeUnit.MILLISECONDS.sleep(pause);
      pause = Math.min(LONGEST_PAUSE.toMillis(), pause * 2);
    }
  }
}
