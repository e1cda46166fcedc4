package dev.taskscheduler.handlers.cluster;

import dev.taskscheduler.handlers.auth.Caller;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.PauseJson;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.leader.Leader;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.StoreHealth;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import tools.jackson.core.JsonGenerator;

/// `GET /health` and the two probes under it. Live is who can answer at all, ready is whose Redis
/// answers, and who has found its place among the electors once since it started; neither asks for
/// a leader.
public final class HealthHandler {
  private static final byte[] UP = "{\"status\":\"UP\"}".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DOWN = "{\"status\":\"DOWN\"}".getBytes(StandardCharsets.US_ASCII);

  private final Sources sources;
  private final Clock clock;

  /// What health is read from; each answers at once.
  ///
  /// @param node this node's id
  /// @param version of this program
  /// @param paused what is paused, and since when
  /// @param queueSize the tasks that this node has before it as leader; 0 on a follower
  /// @param fileProblems what is wrong with files that are read again
  public record Sources(
      String node,
      String version,
      Supplier<StoreHealth> store,
      LeaderView leader,
      Supplier<Map<Pause, Instant>> paused,
      LongSupplier queueSize,
      Supplier<List<String>> fileProblems) {}

  public HealthHandler(Sources sources, Clock clock) {
    this.sources = sources;
    this.clock = clock;
  }

  public void health(ServerRequest req, ServerResponse res) {
    StoreHealth store = sources.store().get();
    byte[] body = JsonText.object(json -> write(json, store));
    Responses.json(req, res, status(store), body);
  }

  public void live(ServerRequest req, ServerResponse res) {
    Responses.json(req, res, Status.OK_200, UP);
  }

  public void ready(ServerRequest req, ServerResponse res) {
    StoreHealth store = sources.store().get();
    boolean ready = store.available() && sources.leader().joined();
    Responses.json(
        req, res, ready ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503, ready ? UP : DOWN);
  }

  private static Status status(StoreHealth store) {
    return store.available() ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503;
  }

  private void write(JsonGenerator json, StoreHealth store) {
    json.writeStringProperty("node_id", sources.node());
    json.writeBooleanProperty("is_leader", sources.leader().leads());
    Optional<Leader> leader = sources.leader().leader();
    if (leader.isPresent()) {
      json.writeStringProperty("leader_id", leader.get().node());
    } else {
      json.writeNullProperty("leader_id");
    }
    json.writeNumberProperty("queue_size", sources.queueSize().getAsLong());
    json.writeStringProperty("timestamp", JsonText.time(clock.instant()));
    json.writeStringProperty("version", sources.version());
    Caller caller = Caller.current();
    sources.leader().problem().ifPresent(text -> problem(json, caller, text));
    files(json, caller);
    PauseJson.write(json, sources.paused().get());
    json.writeObjectPropertyStart("leadership");
    if (caller.seesDetail()) {
      LeaderHandler.details(json, leader, sources.leader());
    } else {
      LeaderHandler.summary(json, leader, sources.leader());
    }
    json.writeEndObject();
    StoreJson.write(json, caller, store);
  }

  private void files(JsonGenerator json, Caller caller) {
    List<String> problems = sources.fileProblems().get();
    if (!problems.isEmpty()) {
      json.writeArrayPropertyStart("file_problems");
      for (String text : caller.seesDetail() ? problems : List.of(StoreJson.HIDDEN)) {
        json.writeString(JsonText.outside(text));
      }
      json.writeEndArray();
    }
  }

  private static void problem(JsonGenerator json, Caller caller, String text) {
    StoreJson.problem(json, caller, text);
  }
}
