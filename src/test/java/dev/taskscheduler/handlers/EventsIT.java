package dev.taskscheduler.handlers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.handlers.auth.AccessPolicy;
import dev.taskscheduler.handlers.auth.TokenFileTest;
import dev.taskscheduler.testing.Eventually;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The overview as events, over HTTP.
@Timeout(60)
class EventsIT extends AccessFixture {
  private void startOpen() {
    start("127.0.0.1", new AccessPolicy.Everyone());
  }

  private EventReader listen(String... headers) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + "/events");
    return EventReader.open(client, uri, headers);
  }

  @Test
  void each_second_brings_the_overview_and_many_listeners_cost_one_question() throws Exception {
    startOpen();
    List<EventReader> readers = new ArrayList<>();
    for (int i = 0; i < TestServers.MOST_STREAMS; i++) {
      readers.add(listen());
    }
    assertEquals(Optional.of("text/event-stream"), readers.getFirst().header("Content-Type"));
    long from = System.nanoTime();
    for (EventReader reader : readers) {
      assertTrue(reader.document().contains("\"problems\":["));
      for (int i = 0; i < 2; i++) {
        assertTrue(reader.document().startsWith("{\"at\":\""));
      }
    }
    Duration took = Duration.ofNanos(System.nanoTime() - from);
    assertTrue(took.toMillis() > 1_500, "three events took " + took);
    int most = (int) took.toSeconds() + 2;
    assertTrue(store.situations.get() <= most, store.situations + " questions in " + took);
    readers.forEach(EventReader::close);
    Eventually.await("nobody is asked for nobody", () -> !isAsked());
  }

  /// Whether Redis is asked within the next two seconds.
  private boolean isAsked() {
    int before = store.situations.get();
    Instant end = Instant.now().plusSeconds(2);
    while (Instant.now().isBefore(end)) {
      if (store.situations.get() > before) {
        return true;
      }
      Thread.onSpinWait();
    }
    return false;
  }

  @Test
  void one_listener_too_many_is_told_what_to_do_and_may_come_when_another_has_left()
      throws Exception {
    startOpen();
    List<EventReader> readers = new ArrayList<>();
    for (int i = 0; i < TestServers.MOST_STREAMS; i++) {
      readers.add(listen());
      assertEquals(200, readers.getLast().status());
    }
    try (EventReader refused = listen()) {
      assertEquals(503, refused.status());
      assertEquals(Optional.of("5"), refused.header("Retry-After"));
      assertTrue(refused.rest().contains("MAX_EVENT_STREAMS=3"));
    }
    readers.removeFirst().close();
    Eventually.await("a place is free", () -> isAdmitted());
    readers.forEach(EventReader::close);
  }

  private boolean isAdmitted() {
    try (EventReader reader = listen()) {
      return reader.status() == 200;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void while_redis_is_away_events_come_without_counts() throws Exception {
    startOpen();
    try (EventReader reader = listen()) {
      assertTrue(reader.document().contains("\"tasks\":{"));
      store.mood = MemoryStore.Mood.UNAVAILABLE;
      String told = reader.document();
      while (told.contains("\"answers\":true")) {
        told = reader.document();
      }
      assertFalse(told.contains("\"tasks\":{"), told);
      assertTrue(told.contains("\"code\":\"redis-down\""), told);
      store.mood = MemoryStore.Mood.WELL;
      while (told.contains("\"answers\":false")) {
        told = reader.document();
      }
      assertTrue(told.contains("\"tasks\":{"), told);
    }
  }

  @Test
  void a_token_that_is_taken_out_ends_its_streams_and_no_others() throws Exception {
    start(DEFAULT);
    try (EventReader board = listen("Authorization", "Bearer " + READ);
        EventReader ops = listen("Authorization", "Bearer " + ALL)) {
      assertTrue(board.event().isPresent());
      assertTrue(ops.event().isPresent());
      Files.writeString(file, TokenFileTest.line("ops", "all", ALL));
      Optional<String> event = board.event();
      while (event.isPresent()) {
        event = board.event();
      }
      for (int i = 0; i < 3; i++) {
        assertTrue(ops.event().isPresent());
      }
    }
  }

  @Test
  void a_token_that_expires_ends_its_streams() throws Exception {
    String expires = "expires=" + Instant.now().plusSeconds(3);
    Files.writeString(file, TokenFileTest.line("board", "read", READ).strip() + " " + expires);
    start(DEFAULT);
    try (EventReader reader = listen("Authorization", "Bearer " + READ)) {
      assertTrue(reader.event().isPresent());
      int events = 1;
      while (reader.event().isPresent()) {
        events++;
      }
      assertTrue(events < 6, "events: " + events);
    }
    assertEquals(401, listen("Authorization", "Bearer " + READ).status());
  }

  @Test
  void a_node_that_drains_ends_its_streams_at_once_and_takes_no_new_ones() throws Exception {
    startOpen();
    try (EventReader reader = listen()) {
      assertTrue(reader.event().isPresent());
      server.drain();
      while (reader.event().isPresent()) {
        // until the end
      }
    }
    assertEquals(503, listen().status());
  }

  @Test
  void who_accepts_no_events_is_told_so_and_head_has_no_body() throws Exception {
    startOpen();
    HttpResponse<byte[]> refused = call("GET", "/events", "Accept", "application/json");
    assertEquals(406, refused.statusCode());
    HttpResponse<byte[]> head = call("HEAD", "/events");
    assertEquals(200, head.statusCode());
    assertEquals(0, head.body().length);
  }

  @Test
  void the_overview_is_made_once_a_second_however_often_it_is_asked_for() throws Exception {
    startOpen();
    long from = System.nanoTime();
    for (int i = 0; i < 100; i++) {
      assertEquals(200, call("GET", "/overview").statusCode());
    }
    Duration took = Duration.ofNanos(System.nanoTime() - from);
    int most = (int) took.toSeconds() + 1;
    assertTrue(store.situations.get() <= most, store.situations + " questions in " + took);
  }
}
