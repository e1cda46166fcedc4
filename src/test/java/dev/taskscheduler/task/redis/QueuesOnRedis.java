package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.taskscheduler.queue.QueueSettings;
import dev.taskscheduler.queue.Queues.Change;
import dev.taskscheduler.queue.Rate;
import dev.taskscheduler.task.AttemptEnd;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.QueueBlock;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What tests of queues begin with: settings, tasks of a queue, and what a claim took.
abstract class QueuesOnRedis extends OnOneRedis {
  static final QueueSettings ONE_AT_A_TIME = limit(1);

  static QueueSettings limit(int concurrency) {
    return new QueueSettings(
        Optional.of(concurrency),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        TaskOptions.NONE);
  }

  static QueueSettings rate(String rate, int burst) {
    return new QueueSettings(
        Optional.empty(),
        Rate.parse(rate),
        Optional.of(burst),
        Optional.empty(),
        Optional.empty(),
        TaskOptions.NONE);
  }

  static QueueSettings weight(int weight) {
    return new QueueSettings(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(weight),
        Optional.empty(),
        TaskOptions.NONE);
  }

  static QueueSettings honouring(TaskOptions defaults) {
    return new QueueSettings(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(true),
        defaults);
  }

  void put(String name, QueueSettings settings) {
    assertEquals(Change.DONE, store.queues.put(name, settings));
  }

  void into(String queue, String... some) {
    into(Priority.HIGH, queue, some);
  }

  void into(Priority priority, String queue, String... some) {
    for (String id : some) {
      TaskOptions options =
          queue.equals("default")
              ? TaskOptions.NONE
              : TaskOptions.NONE.with(TaskOption.QUEUE, queue);
      get(store.intake.submit(id, new NewTask(priority, "log", new byte[] {'1'}, options)));
    }
  }

  void many(String queue, int count) {
    for (int i = 0; i < count; i++) {
      into(queue, queue + "-" + i);
    }
  }

  static Map<String, Long> byQueue(List<Claim> claims) {
    return claims.stream()
        .collect(Collectors.groupingBy(claim -> claim.options().queue(), Collectors.counting()));
  }

  void end(Claim claim) {
    assertEquals(AttemptEnd.COMPLETED, get(store.claims.end(token, claim, Outcome.SUCCESS)));
  }

  QueueBlock blocked(String queue) {
    return store.queues.show(queue).blocked().orElseThrow();
  }

  void check() {
    QueueIndexes.checkCounts(store.jedis, () -> "counts");
  }
}
