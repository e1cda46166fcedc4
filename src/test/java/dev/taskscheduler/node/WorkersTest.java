package dev.taskscheduler.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WorkersTest {
  private static final long BRIEF = TimeUnit.MICROSECONDS.toNanos(50);

  private static Workers after(int count, int briefRuns) {
    Workers workers = new Workers(count);
    for (int i = 0; i < briefRuns; i++) {
      workers.ran(BRIEF);
    }
    return workers;
  }

  @Test
  void nothing_is_claimed_ahead_until_many_tasks_were_brief() {
    assertEquals(0, after(4, 0).ahead());
    assertEquals(0, after(4, 50).ahead());
    assertEquals(32, after(4, 200).ahead());
  }

  @Test
  void a_few_for_each_worker_and_a_bounded_number_for_all() {
    assertEquals(8, after(1, 200).ahead());
    assertEquals(64, after(1_000, 200).ahead());
  }

  @Test
  void one_long_task_ends_it() {
    Workers workers = after(4, 200);
    workers.ran(TimeUnit.MILLISECONDS.toNanos(100));
    assertEquals(0, workers.ahead());
  }
}
