package dev.taskscheduler.task;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Tests what every implementation of the ports for any node does, the fake one too.
public abstract class TaskPortsContract {
  private static final NewTask TASK = new NewTask(Priority.HIGH, "log", new byte[] {'1'});
  private static final TaskFilter ALL =
      new TaskFilter(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          50);

  /// The ports of an empty store.
  protected abstract TaskPorts ports();

  private StateName state(String id) {
    return ports().queries().find(id).orElseThrow().state().named();
  }

  @Test
  void a_submitted_task_is_found_and_ready_and_stored_once() {
    for (int stream = 0; stream < 2; stream++) {
      assertEquals(
          new SubmitResult.Accepted("a", Durability.MEMORY),
          ports().intake().submit("a", TASK, stream).join());
    }
    assertEquals(
        new SubmitResult.Accepted("b", Durability.MEMORY),
        ports().intake().submit("b", TASK).join());
    assertEquals(StateName.READY, state("a"));
    TaskPage page = ports().queries().list(ALL, "").orElseThrow();
    assertEquals(List.of("a", "b"), page.tasks().stream().map(Task::id).sorted().toList());
    assertEquals(Optional.empty(), page.next());
  }

  @Test
  void an_unknown_id_is_an_answer_and_no_failure() {
    assertEquals(Optional.empty(), ports().queries().find("none"));
    assertEquals(Optional.empty(), ports().queries().details("none"));
    assertEquals(Optional.empty(), ports().queries().explain("none"));
    assertEquals(new Cancellation.Unknown(), ports().commands().cancel("none"));
    assertEquals(List.of(RetryResult.UNKNOWN), ports().commands().retry(List.of("none")));
    assertEquals(List.of(DeleteResult.UNKNOWN), ports().commands().delete(List.of("none")));
  }

  @Test
  void a_cancelled_task_stays_and_is_not_cancelled_again() {
    ports().intake().submit("a", TASK).join();
    assertEquals(new Cancellation.Cancelled(StateName.READY), ports().commands().cancel("a"));
    assertEquals(StateName.CANCELLED, state("a"));
    assertEquals(new Cancellation.Ended("cancelled"), ports().commands().cancel("a"));
  }

  @Test
  void only_what_died_or_expired_is_retried() {
    ports().intake().submit("a", TASK).join();
    ports().intake().submit("b", TASK).join();
    ports().commands().cancel("b");
    assertEquals(
        List.of(RetryResult.CANCELLED, RetryResult.PENDING),
        ports().commands().retry(List.of("b", "a")));
  }

  @Test
  void a_pause_is_listed_once_until_it_is_resumed() {
    Pause low = new Pause.OfPriority(Priority.LOW);
    ports().pauses().pause(low);
    ports().pauses().pause(low);
    ports().pauses().pause(new Pause.All());
    assertEquals(Set.of(low, new Pause.All()), ports().pauses().paused().keySet());
    ports().pauses().resume(low);
    ports().pauses().resume(low);
    assertEquals(Set.of(new Pause.All()), ports().pauses().paused().keySet());
  }

  @Test
  void a_cursor_of_nobody_gives_no_page() {
    assertEquals(Optional.empty(), ports().queries().list(ALL, "!"));
  }
}
