package dev.taskscheduler.handlers.auth;

import dev.taskscheduler.audit.AuditEntry;
import dev.taskscheduler.audit.AuditTrail;
import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.QueryReader;
import dev.taskscheduler.handlers.wire.Responses;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.core.JsonGenerator;

/// `GET /audit`: who changed what, the newest first.
public final class AuditHandler implements Handler {
  private static final int USUAL_LIMIT = 100;
  private static final int MOST = 1_000;
  private static final String NUMBER = "[1-9]\\d{0,14}";

  private final AuditTrail trail;

  public AuditHandler(AuditTrail trail) {
    this.trail = trail;
  }

  @Override
  public void handle(ServerRequest req, ServerResponse res) {
    FieldErrors errors = new FieldErrors();
    QueryReader reader = new QueryReader(req.query(), errors);
    reader.allow(List.of("limit", "cursor"), "the parameters are limit, cursor");
    int limit = reader.limit(MOST).orElse(USUAL_LIMIT);
    Optional<Long> before =
        reader.one(
            "cursor",
            text -> Optional.of(text).filter(some -> some.matches(NUMBER)).map(Long::valueOf),
            "must be the next of an earlier answer; leave it out for the first page");
    if (!errors.none()) {
      Responses.problem(req, res, QueryReader.invalid(errors));
      return;
    }
    List<AuditTrail.Kept> page =
        trail.newest(before.map(OptionalLong::of).orElse(OptionalLong.empty()), limit);
    Responses.json(req, res, Status.OK_200, JsonText.object(json -> write(json, page, limit)));
  }

  private static void write(JsonGenerator json, List<AuditTrail.Kept> page, int limit) {
    json.writeArrayPropertyStart("entries");
    for (AuditTrail.Kept kept : page) {
      json.writeStartObject();
      AuditEntry entry = kept.entry();
      json.writeNumberProperty("number", kept.number());
      json.writeStringProperty("at", JsonText.time(kept.at()));
      json.writeStringProperty("by", JsonText.outside(entry.by()));
      json.writeStringProperty("address", JsonText.outside(entry.address()));
      json.writeStringProperty("node", JsonText.outside(entry.node()));
      json.writeStringProperty("action", JsonText.outside(entry.action()));
      writeDetails(json, entry.subject());
      json.writeEndObject();
    }
    json.writeEndArray();
    if (page.size() == limit && page.getLast().number() > 1) {
      json.writeStringProperty("next", String.valueOf(page.getLast().number()));
    }
  }

  private static void writeDetails(JsonGenerator json, String subject) {
    json.writeObjectPropertyStart("details");
    for (String part : subject.split(" ", -1)) {
      int equals = part.indexOf('=');
      if (equals > 0) {
        json.writeStringProperty(
            JsonText.outside(part.substring(0, equals)),
            JsonText.outside(part.substring(equals + 1)));
      }
    }
    json.writeEndObject();
  }
}
