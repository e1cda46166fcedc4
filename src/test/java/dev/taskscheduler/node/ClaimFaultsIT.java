package dev.taskscheduler.node;

import static dev.taskscheduler.testing.Eventually.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.TaskResult;
import dev.taskscheduler.task.Claims;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.task.TaskState;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// A leader whose claims are answered late or not at all, and runners that behave badly.
class ClaimFaultsIT extends NodeOnRedis {
  private interface Fault {
    void afterClaim() throws InterruptedException;
  }

  /// The store itself, but for what befalls the answers to claims that brought something.
  private static Claims with(Fault fault, Claims store) {
    return (Claims)
        Proxy.newProxyInstance(
            Claims.class.getClassLoader(),
            new Class<?>[] {Claims.class},
            (proxy, method, args) -> {
              try {
                Object answer = method.invoke(store, args);
                if (answer instanceof Claims.Claimed claimed && !claimed.claims().isEmpty()) {
                  fault.afterClaim();
                }
                return answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static String payload(byte[] payload) {
    return new String(payload, StandardCharsets.UTF_8);
  }

  @Test
  void a_claim_without_an_answer_is_found_although_an_earlier_attempt_of_its_task_hangs() {
    AtomicBoolean lose = new AtomicBoolean();
    AtomicBoolean lost = new AtomicBoolean();
    AtomicBoolean go = new AtomicBoolean();
    runner(
        "note",
        task -> {
          while (task.attempt() == 1 && !go.get()) {
            LockSupport.parkNanos(1_000_000);
            Thread.interrupted(); // it does not heed it
          }
          return TaskResult.NONE;
        });
    String id = submit(TaskOptions.NONE.with(TaskOption.TIMEOUT, Duration.ofMillis(300)));
    SchedulerNode node =
        node(
            2,
            store ->
                with(
                    () -> {
                      if (lose.getAndSet(false)) {
                        lost.set(true);
                        throw new StoreException.Unavailable("lost", new RuntimeException());
                      }
                    },
                    store));
    lead(node);
    await("it runs", () -> node.running() == 1);
    lose.set(true);
    await("the claim of its second attempt is lost", lost::get);
    await("its second attempt runs", () -> completed(id));
    go.set(true);
  }

  @Test
  void an_exception_that_has_no_message_to_give_ends_its_own_attempt_alone() {
    runner(
        "note",
        task -> {
          if (payload(task.payload()).equals("\"bad\"")) {
            throw new IllegalStateException() {
              @Override
              public String getMessage() {
                throw new UnsupportedOperationException("no message");
              }
            };
          }
          return TaskResult.NONE;
        });
    String bad = submit(Priority.HIGH, "note", "\"bad\"", TaskOptions.NONE);
    String good = submit(Priority.LOW, "note", "1", TaskOptions.NONE);
    lead(node(1));
    await("the other runs", () -> completed(good));
    await("it ends", () -> state(bad) instanceof TaskState.Dead);
  }

  @Test
  void what_waits_and_what_a_claim_under_way_brings_go_back_in_their_order()
      throws InterruptedException {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch claimed = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    AtomicBoolean hold = new AtomicBoolean();
    runner(
        "note",
        task -> {
          if (payload(task.payload()).equals("\"hold\"")) {
            held.countDown();
            go.await();
          }
          return TaskResult.NONE;
        });
    SchedulerNode node =
        node(
            1,
            store ->
                with(
                    () -> {
                      if (hold.getAndSet(false)) {
                        claimed.countDown();
                        answer.await();
                      }
                    },
                    store));
    lead(node);
    for (int i = 0; i < 400; i++) {
      submit(TaskOptions.NONE);
    }
    await("the brief ones end", () -> ledger.count("completed") == 400);
    submit(Priority.HIGH, "note", "\"hold\"", TaskOptions.NONE);
    held.await();
    String first = submit(TaskOptions.NONE);
    await("it is claimed ahead", () -> node.running() == 2);
    hold.set(true);
    String second = submit(TaskOptions.NONE);
    assertTrue(claimed.await(5, TimeUnit.SECONDS));
    CountDownLatch ended = new CountDownLatch(1);
    node.end(true, Duration.ofSeconds(10), ended::countDown);
    answer.countDown();
    await("both are requeued", () -> jedis.llen(NS + "ready:medium:default") == 2);
    go.countDown();
    ended.await();
    assertEquals(List.of(second, first), jedis.lrange(NS + "ready:medium:default", 0, -1));
  }
}
