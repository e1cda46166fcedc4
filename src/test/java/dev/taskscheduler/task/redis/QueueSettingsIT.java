package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.ids;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.queue.QueuePause;
import dev.taskscheduler.queue.QueueSort;
import dev.taskscheduler.queue.QueueSource;
import dev.taskscheduler.queue.QueueView;
import dev.taskscheduler.queue.Queues.Change;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.QueueBlock;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The settings and pauses of queues, and what is shown of them.
class QueueSettingsIT extends QueuesOnRedis {
  @Test
  void a_queue_gives_its_tasks_what_they_do_not_say() {
    TaskOptions defaults =
        TaskOptions.NONE
            .with(TaskOption.MAX_ATTEMPTS, 7)
            .with(TaskOption.RETENTION, Duration.ofDays(2));
    put("*", honouring(TaskOptions.NONE.with(TaskOption.MAX_ATTEMPTS, 9)));
    put("a", honouring(defaults));
    into("a", "a");
    Claim claim = store.claimOne(token);
    assertEquals(Optional.of(7), claim.options().get(TaskOption.MAX_ATTEMPTS));
    end(claim);
    assertTrue(store.jedis.zscore(NS + "retained", "a") > redisMs() + 86_400_000);
    submit("own", TaskOptions.NONE.with(TaskOption.MAX_ATTEMPTS, 2));
    assertEquals(Optional.of(2), store.claimOne(token).options().get(TaskOption.MAX_ATTEMPTS));
  }

  @Test
  void a_paused_queue_stays_where_it_is_and_says_why() {
    into("a", "a1", "a2");
    assertEquals(Change.DONE, store.queues.pause("a", "Umzug läuft"));
    into("b", "b1");
    assertEquals(List.of("b1"), ids(store.claim(token, 5)));
    assertEquals(new QueueBlock.Paused("Umzug läuft"), blocked("a"));
    assertEquals(Optional.of(new QueueBlock.Paused("Umzug läuft")), explained("a2"));
    assertTrue(store.pauses.paused().containsKey(new Pause.OfQueue("a")));
    store.queues.resume("a");
    assertEquals(List.of("a1", "a2"), ids(store.claim(token, 5)));
    assertEquals(Map.of(), store.pauses.paused());
    assertEquals(Change.UNKNOWN, store.queues.delete("a"), "nothing is left of it");
  }

  private Optional<QueueBlock> explained(String id) {
    return store.queries.explain(id).orElseThrow().blocked();
  }

  @Test
  void the_most_specific_pause_wins() {
    into("tenant-a", "a");
    into("tenant-b", "b");
    store.queues.pause("tenant-*", "all tenants");
    assertEquals(List.of(), store.claim(token, 5));
    store.queues.resume("tenant-b");
    assertEquals(List.of("b"), ids(store.claim(token, 5)));
    assertEquals(
        Optional.of(new QueuePause.Resumed()),
        store.queues.show("tenant-b").sources().getFirst().pause());
    store.queues.resume("tenant-*");
    assertEquals(List.of("a"), ids(store.claim(token, 5)));
  }

  @Test
  void no_more_pauses_stand_than_may() {
    for (int i = 0; i < Pause.MOST; i++) {
      assertEquals(Change.DONE, store.queues.pause("q" + i, ""));
    }
    assertEquals(Change.TOO_MANY_PAUSES, store.queues.pause("one-more", ""));
    assertEquals(Change.DONE, store.queues.pause("q7", "it is so already"));
    store.pauses.pause(new Pause.All());
    store.queues.resume("q7");
    assertEquals(Change.DONE, store.queues.pause("one-more", ""));
  }

  @Test
  void settings_come_field_by_field_from_the_most_specific() {
    put("tenant-*", limit(5));
    put("tenant-a*", weight(7));
    put("tenant-ab", rate("100/PT1M", 4));
    QueueView view = store.queues.show("tenant-ab");
    assertEquals(
        List.of("tenant-ab", "tenant-a*", "tenant-*"),
        view.sources().stream().map(QueueSource::name).toList());
    assertEquals(rate("100/PT1M", 4), view.sources().get(0).settings());
    assertEquals(weight(7), view.sources().get(1).settings());
    assertEquals(limit(5), view.sources().get(2).settings());
    assertEquals(List.of(), store.queues.show("default").sources());
    assertEquals(2, store.queues.patterns().size());
    assertEquals(Change.DONE, store.queues.delete("tenant-a*"));
    assertEquals(2, store.queues.show("tenant-ab").sources().size());
  }

  @Test
  void a_limit_that_is_raised_or_removed_lets_tasks_start() {
    put("a*", ONE_AT_A_TIME);
    into("a1", "x1", "x2", "x3");
    assertEquals(1, store.claim(token, 5).size());
    assertEquals(0, store.claim(token, 5).size());
    put("a*", limit(2));
    assertEquals(List.of("x2"), ids(store.claim(token, 5)));
    store.queues.delete("a*");
    assertEquals(List.of("x3"), ids(store.claim(token, 5)));
  }

  @Test
  void a_list_pages_by_name_by_ready_and_by_oldest() {
    for (int i = 0; i < 12; i++) {
      many("q%02d".formatted(i), 1 + i % 3);
    }
    put("only-settings", weight(2));
    into(Priority.LOW, "z", "z1");
    Claim running = store.claim(token, 1).getFirst();
    List<String> names = walk(QueueSort.NAME);
    assertEquals(14, names.size());
    assertEquals(names.stream().sorted().toList(), names);
    assertEquals("q02", walk(QueueSort.READY).getFirst());
    assertEquals(14, walk(QueueSort.OLDEST).size());
    assertEquals(1, store.queues.show(running.options().queue()).running());
    assertEquals(Optional.empty(), store.queues.list(QueueSort.NAME, "nonsense", 5));
    String cursor = store.queues.list(QueueSort.READY, "", 5).get().next().get();
    assertEquals(Optional.empty(), store.queues.list(QueueSort.NAME, cursor, 5));
  }

  private List<String> walk(QueueSort sort) {
    List<String> names = new ArrayList<>();
    String cursor = "";
    do {
      var page = store.queues.list(sort, cursor, 5).orElseThrow();
      page.queues().forEach(queue -> names.add(queue.name()));
      cursor = page.next().orElse("");
    } while (!cursor.isEmpty());
    return names;
  }
}
