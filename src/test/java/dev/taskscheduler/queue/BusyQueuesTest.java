package dev.taskscheduler.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.TaskCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What the watch over the busiest queues reports.
class BusyQueuesTest {
  private final List<QueueView> queues = new ArrayList<>();
  private final List<List<QueueLoad>> reports = new ArrayList<>();
  private Optional<TaskCounts> counts = Optional.empty();
  private boolean answers = true;

  private void look() {
    new BusyQueues(this::busiest, () -> counts, reports::add).look();
  }

  private List<QueueView> busiest(int limit) {
    if (!answers) {
      throw new StoreException.Unavailable("away", new IllegalStateException());
    }
    assertEquals(BusyQueues.MOST, limit);
    return queues;
  }

  private void queue(String name, long ready, long running) {
    queues.add(
        new QueueView(
            name,
            Map.of(Priority.LOW, ready),
            running,
            Optional.empty(),
            Optional.empty(),
            List.of()));
  }

  private void counted(long ready, long running) {
    counts =
        Optional.of(new TaskCounts(Map.of(Priority.LOW, ready), Map.of(), 0, running, 0, 0, 0, 0));
  }

  @Test
  void a_follower_reports_nothing_and_asks_nothing() {
    answers = false;
    look();
    assertEquals(List.of(List.of()), reports);
  }

  @Test
  void a_leader_reports_the_busiest_and_all_others_in_one() {
    queue("a", 7, 2);
    queue("b", 3, 0);
    counted(20, 5);
    look();
    assertEquals(
        List.of(new QueueLoad("a", 7, 2), new QueueLoad("b", 3, 0), new QueueLoad("other", 10, 3)),
        reports.getFirst());
  }

  @Test
  void a_queue_called_other_is_one_of_the_others() {
    queue("other", 7, 2);
    counted(7, 2);
    look();
    assertEquals(List.of(new QueueLoad("other", 7, 2)), reports.getFirst());
  }

  @Test
  void counts_that_are_older_than_the_queues_give_no_less_than_nothing() {
    queue("a", 7, 2);
    counted(5, 1);
    look();
    assertEquals(new QueueLoad("other", 0, 0), reports.getFirst().getLast());
  }

  @Test
  void while_redis_does_not_answer_nothing_is_reported() {
    counted(1, 1);
    answers = false;
    look();
    assertEquals(List.of(List.of()), reports);
  }
}
