package dev.taskscheduler.handlers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.SubmitOptions;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.task.TaskState;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.webclient.api.ClientResponseTyped;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.testing.junit5.DirectClient;
import io.helidon.webserver.testing.junit5.RoutingTest;
import io.helidon.webserver.testing.junit5.SetUpRoute;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Deletions of queues and the cancellation of their tasks, without a socket.
@RoutingTest
class QueueDeletionTest {
  private static final MemoryStore STORE = new MemoryStore();
  private static final MemoryQueues QUEUES = STORE.queues;
  private static final Instant T2 = Instant.parse("2026-11-23T08:55:02Z");

  private final DirectClient client;

  QueueDeletionTest(DirectClient client) {
    this.client = client;
  }

  @SetUpRoute
  static void routing(HttpRouting.Builder routing) {
    GivenLeader.routes(routing, STORE, new GivenLeader(), Set.of("log"));
  }

  @BeforeEach
  void begin_with_an_empty_store() {
    STORE.tasks.clear();
    QUEUES.sources.clear();
  }

  private ClientResponseTyped<String> put(String name, String body) {
    return client
        .put("/queues/" + name)
        .header(HeaderValues.CONTENT_TYPE_JSON)
        .submit(body, String.class);
  }

  private ClientResponseTyped<String> call(Method method, String path) {
    return client.method(method).path(path).request(String.class);
  }

  private void task(String id, String queue, TaskState state) {
    TaskOptions options = TaskOptions.NONE.with(TaskOption.QUEUE, queue);
    STORE.put(
        id, new NewTask(Priority.HIGH, "log", new byte[0], options, SubmitOptions.NONE), 0, state);
  }

  @Test
  void settings_and_pause_are_deleted_once() {
    put("q", "{\"weight\":2}");
    assertEquals("{\"name\":\"q\",\"deleted\":true}", call(Method.DELETE, "/queues/q").entity());
    ClientResponseTyped<String> again = call(Method.DELETE, "/queues/q");
    assertEquals(404, again.status().code());
    assertTrue(again.entity().contains("nothing-set"), again.entity());
  }

  private ClientResponseTyped<String> cancel(String name, String... cursor) {
    var request = client.delete("/queues/" + name).queryParam("tasks", "cancel");
    for (String one : cursor) {
      request.queryParam("cursor", one);
    }
    return request.request(String.class);
  }

  @Test
  void waiting_tasks_are_cancelled_before_the_settings_go() {
    put("q", "{\"concurrency\":1}");
    task("a", "q", new TaskState.Ready());
    task("b", "q", new TaskState.Scheduled(T2));
    task("c", "q", new TaskState.Retrying(T2, Optional.empty()));
    task("d", "q", new TaskState.Running(7, T2));
    task("e", "other", new TaskState.Ready());
    assertEquals(
        "{\"name\":\"q\",\"deleted\":true,\"cancelled\":3,\"cancelling\":0,\"more\":false}",
        cancel("q").entity());
    assertEquals(StateName.CANCELLED, STORE.tasks.get("c").state().named());
    assertEquals(StateName.RUNNING, STORE.tasks.get("d").state().named());
    assertEquals(StateName.READY, STORE.tasks.get("e").state().named());
    assertEquals(
        "{\"name\":\"q\",\"deleted\":false,\"cancelled\":0,\"cancelling\":0,\"more\":false}",
        cancel("q").entity());
  }

  @Test
  void a_cancellation_of_many_is_bounded_and_goes_on_where_it_ended() {
    put("q", "{\"concurrency\":1}");
    for (int i = 0; i < 1_500; i++) {
      task("t" + i, "q", new TaskState.Ready());
    }
    assertEquals(
        "{\"name\":\"q\",\"deleted\":false,\"cancelled\":1000,\"cancelling\":0,\"more\":true,"
            + "\"next\":\"ready~more\"}",
        cancel("q").entity());
    assertTrue(QUEUES.sources.containsKey("q"), "what limits them stays");
    assertEquals(
        "{\"name\":\"q\",\"deleted\":true,\"cancelled\":500,\"cancelling\":0,\"more\":false}",
        cancel("q", "ready~more").entity());
    assertEquals(400, cancel("q", "nonsense").status().code());
    assertEquals(400, cancel("q", "ready~nonsense").status().code());
    assertEquals(200, cancel("q", "ready~").status().code());
    assertEquals(400, cancel("tenant-*").status().code());
    assertEquals(
        400,
        client
            .delete("/queues/q")
            .queryParam("tasks", "keep")
            .request(String.class)
            .status()
            .code());
    assertEquals(
        400,
        client.delete("/queues/q").queryParam("cursor", "x").request(String.class).status().code());
  }
}
