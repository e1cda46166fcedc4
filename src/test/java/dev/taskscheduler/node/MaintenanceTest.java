package dev.taskscheduler.node;

import static dev.taskscheduler.testing.Eventually.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.taskscheduler.leader.Leadership;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MaintenanceTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final AtomicInteger runs = new AtomicInteger();
  private final AtomicInteger ends = new AtomicInteger();
  private final TrustedUntilFenced leadership = new TrustedUntilFenced();
  private final Chore hourly =
      new Chore() {
        @Override
        public Duration run(FencingToken token) {
          runs.incrementAndGet();
          return HOUR;
        }

        @Override
        public void end() {
          ends.incrementAndGet();
        }
      };
  private Maintenance maintenance = begun(hourly);

  private Maintenance begun(Chore... chores) {
    Maintenance begun = new Maintenance("maintenance", leadership, List.of(chores));
    begun.begin();
    return begun;
  }

  @AfterEach
  void end() {
    maintenance.end();
  }

  @Test
  void a_chore_runs_at_the_start_and_at_each_hint() {
    await("the first run", () -> runs.get() == 1);
    maintenance.hint(hourly);
    await("the hinted run", () -> runs.get() == 2);
  }

  @Test
  void a_chore_that_always_fails_holds_up_no_other() {
    maintenance.end();
    AtomicInteger failures = new AtomicInteger();
    Chore failing =
        token -> {
          failures.incrementAndGet();
          throw new IllegalStateException("as the test wants it");
        };
    AtomicInteger others = new AtomicInteger();
    maintenance =
        begun(
            failing,
            token -> {
              others.incrementAndGet();
              return Duration.ofMillis(1);
            });
    await("it is repeated", () -> failures.get() >= 2 && others.get() >= 10);
  }

  @Test
  void a_chore_is_told_once_that_the_work_has_ended() {
    await("the first run", () -> runs.get() == 1);
    maintenance.end();
    await("the end", () -> !maintenance.alive());
    assertEquals(1, ends.get());
    assertEquals(1, runs.get());
  }

  @Test
  void a_fenced_chore_ends_the_leadership() {
    Maintenance fenced =
        begun(token -> {
          throw new StoreException.Fenced("another leads");
        });
    await("the end", () -> !fenced.alive());
    assertEquals(Duration.ZERO, leadership.trustLeft());
  }

  private static final class TrustedUntilFenced implements Leadership {
    private volatile boolean trusted = true;

    @Override
    public FencingToken token() {
      return new FencingToken(1, "0123456789abcdef");
    }

    @Override
    public String elector() {
      return "redis";
    }

    @Override
    public Instant since() {
      return Instant.EPOCH;
    }

    @Override
    public Duration trustLeft() {
      return trusted ? HOUR : Duration.ZERO;
    }

    @Override
    public boolean trusted() {
      return trusted;
    }

    @Override
    public void fenced() {
      trusted = false;
    }
  }
}
