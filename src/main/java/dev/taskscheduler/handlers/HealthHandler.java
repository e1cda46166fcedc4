package dev.taskscheduler.handlers;

import dev.taskscheduler.leader.Leader;
import dev.taskscheduler.task.StoreHealth;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// `GET /health` and the two probes under it. Live is who can answer at all, ready is whose Redis
/// answers, and who has found its place among the electors once since it started; neither asks for
/// a leader.
final class HealthHandler {
  private static final byte[] UP = "{\"status\":\"UP\"}".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DOWN = "{\"status\":\"DOWN\"}".getBytes(StandardCharsets.US_ASCII);

  private static final String DAMAGED =
      " entries in Redis could not be read and were set aside: LRANGE <namespace>:damaged 0 -1 shows"
          + " them, docs/operations.md says what to do with them";

  private final HttpConfig config;
  private final Scheduler scheduler;
  private final Clock clock;

  HealthHandler(HttpConfig config, Scheduler scheduler, Clock clock) {
    this.config = config;
    this.scheduler = scheduler;
    this.clock = clock;
  }

  void health(ServerRequest req, ServerResponse res) {
    StoreHealth store = scheduler.tasks().health();
    byte[] body = JsonText.object(json -> write(json, store));
    Answers.json(req, res, status(store), body);
  }

  void live(ServerRequest req, ServerResponse res) {
    Answers.json(req, res, Status.OK_200, UP);
  }

  void ready(ServerRequest req, ServerResponse res) {
    StoreHealth store = scheduler.tasks().health();
    boolean ready = store.answers() && scheduler.leader().joined();
    Answers.json(
        req, res, ready ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503, ready ? UP : DOWN);
  }

  private static Status status(StoreHealth store) {
    return store.answers() ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503;
  }

  private void write(JsonGenerator json, StoreHealth store) {
    json.writeStringProperty("node_id", config.node());
    json.writeBooleanProperty("is_leader", scheduler.leader().leads());
    Optional<Leader> leader = scheduler.leader().leader();
    if (leader.isPresent()) {
      json.writeStringProperty("leader_id", leader.get().node());
    } else {
      json.writeNullProperty("leader_id");
    }
    json.writeNumberProperty("queue_size", scheduler.queueSize().getAsLong());
    json.writeStringProperty("timestamp", JsonText.time(clock.instant()));
    json.writeStringProperty("version", config.version());
    scheduler.leader().problem().ifPresent(text -> text(json, "problem", text));
    PauseHandler.write(json, scheduler.paused().get());
    json.writeObjectPropertyStart("leadership");
    LeaderHandler.details(json, leader, scheduler.leader().election());
    json.writeEndObject();
    json.writeObjectPropertyStart("redis");
    json.writeBooleanProperty("answers", store.answers());
    store.problem().ifPresent(text -> text(json, "problem", text));
    store.version().ifPresent(text -> text(json, "version", text));
    store.persistence().ifPresent(text -> text(json, "persistence", text));
    store.evictionPolicy().ifPresent(text -> text(json, "eviction_policy", text));
    json.writeNumberProperty("replicas", store.replicas());
    json.writeNumberProperty("damaged", store.damaged());
    if (store.damaged() > 0) {
      text(json, "warning", store.damaged() + DAMAGED);
    }
    json.writeEndObject();
  }

  private static void text(JsonGenerator json, String name, String text) {
    json.writeStringProperty(name, JsonText.outside(text));
  }
}
