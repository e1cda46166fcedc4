package dev.taskscheduler.handlers.queues;

import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.QueryReader;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.queue.QueuePage;
import dev.taskscheduler.queue.QueueSort;
import dev.taskscheduler.queue.QueueSource;
import dev.taskscheduler.queue.QueueView;
import dev.taskscheduler.queue.Queues;
import dev.taskscheduler.task.QueueName;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// `GET /queues` and `GET /queues/{name}`.
public final class QueuesHandler {
  private static final int USUAL_LIMIT = 50;
  private static final int MOST = 500;

  private final Queues queues;

  public QueuesHandler(Queues queues) {
    this.queues = queues;
  }

  public void list(ServerRequest req, ServerResponse res) {
    FieldErrors errors = new FieldErrors();
    QueryReader reader = new QueryReader(req.query(), errors);
    reader.allow(List.of("sort", "limit", "cursor"), "the parameters are sort, limit, cursor");
    QueueSort sort =
        reader
            .one("sort", QueuesHandler::sort, "must be one of name, ready, oldest")
            .orElse(QueueSort.NAME);
    int limit = reader.limit(MOST).orElse(USUAL_LIMIT);
    String cursor = reader.cursor().orElse("");
    Optional<QueuePage> page = errors.none() ? queues.list(sort, cursor, limit) : Optional.empty();
    if (page.isEmpty()) {
      if (errors.none()) {
        errors.add("?cursor", "must be the next of an answer to a query with the same sort");
      }
      Responses.problem(req, res, QueryReader.invalid(errors));
      return;
    }
    List<QueueSource> patterns = cursor.isEmpty() ? queues.patterns() : List.of();
    byte[] body = JsonText.object(json -> write(json, page.get(), patterns));
    Responses.json(req, res, Status.OK_200, body);
  }

  private static Optional<QueueSort> sort(String word) {
    return Arrays.stream(QueueSort.values())
        .filter(sort -> JsonText.word(sort).equals(word))
        .findFirst();
  }

  private static void write(JsonGenerator json, QueuePage page, List<QueueSource> patterns) {
    json.writeArrayPropertyStart("queues");
    for (QueueView queue : page.queues()) {
      json.writeStartObject();
      QueueJson.write(json, queue);
      json.writeEndObject();
    }
    json.writeEndArray();
    if (!patterns.isEmpty()) {
      json.writeArrayPropertyStart("patterns");
      for (QueueSource pattern : patterns) {
        json.writeStartObject();
        QueueJson.write(json, pattern);
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    page.next().ifPresent(next -> json.writeStringProperty("next", next));
    if (page.cut()) {
      json.writeBooleanProperty("cut", true);
    }
  }

  public void show(ServerRequest req, ServerResponse res) {
    Optional<String> name = QueuePath.of(req, res);
    if (name.isPresent()) {
      Optional<byte[]> body = body(name.get());
      if (body.isPresent()) {
        Responses.json(req, res, Status.OK_200, body.get());
      } else {
        Responses.problem(req, res, QueuePath.unknown(name.get()));
      }
    }
  }

  /// A queue as it stands, or what a pattern sets.
  ///
  /// @return empty if it is a pattern that sets nothing
  Optional<byte[]> body(String name) {
    if (!QueueName.isPattern(name)) {
      QueueView queue = queues.show(name);
      return Optional.of(JsonText.object(json -> QueueJson.write(json, queue)));
    }
    return queues.patterns().stream()
        .filter(pattern -> pattern.name().equals(name))
        .findFirst()
        .map(pattern -> JsonText.object(json -> QueueJson.write(json, pattern)));
  }
}
