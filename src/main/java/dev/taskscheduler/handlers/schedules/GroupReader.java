package dev.taskscheduler.handlers.schedules;

import dev.taskscheduler.handlers.submit.TemplateReader;
import dev.taskscheduler.handlers.wire.BodyResult;
import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.ObjectReader;
import dev.taskscheduler.handlers.wire.StrictJson;
import dev.taskscheduler.schedule.NewSchedule;
import dev.taskscheduler.schedule.Schedules;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads the body of `PUT /schedules`: schedules by their names.
final class GroupReader extends ObjectReader<Map<String, NewSchedule>> {
  private final byte[] body;
  private final StrictJson json;
  private final TemplateReader templates;
  private final Map<String, NewSchedule> schedules = new LinkedHashMap<>();
  private boolean seen;

  /// @param body what the parser reads
  GroupReader(JsonParser parser, byte[] body, StrictJson json, TemplateReader templates) {
    super(parser);
    this.body = body;
    this.json = json;
    this.templates = templates;
  }

  @Override
  protected void field(String name, JsonToken value) {
    String pointer = FieldErrors.pointer(name);
    if (name.equals("schedules")) {
      seen = true;
      object(value, pointer, "schedules by their names", (each, v) -> one(each, v, pointer));
    } else {
      unknown(pointer, "schedules");
    }
  }

  private void one(String name, JsonToken value, String parent) {
    String pointer = parent + FieldErrors.pointer(name);
    int from = (int) parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    if (!SchedulePath.isName(name)) {
      errors.add(pointer, "must have a name of " + SchedulePath.RULE);
    } else if (value != JsonToken.START_OBJECT) {
      errors.add(pointer, "must be an object as PUT /schedules/{name} takes it");
    } else {
      int to = (int) parser.currentLocation().getByteOffset();
      read(name, Arrays.copyOfRange(body, from, to), pointer);
    }
  }

  private void read(String name, byte[] text, String pointer) {
    BodyResult<ScheduleReader.Body> read =
        json.read(
            text,
            inner -> new ScheduleReader(inner, text, name, templates).read(),
            BodyResult.Malformed::new);
    switch (read) {
      case BodyResult.Valid<ScheduleReader.Body>(ScheduleReader.Body one) ->
          schedules.put(name, one.schedule());
      case BodyResult.Invalid<ScheduleReader.Body> invalid ->
          invalid.faults().forEach(each -> errors.add(pointer + each.pointer(), each.detail()));
      case BodyResult.Malformed<ScheduleReader.Body>(String detail) -> errors.add(pointer, detail);
    }
  }

  @Override
  protected void check() {
    if (!seen) {
      errors.add("/schedules", "is missing; send an object of schedules by their names");
    }
    if (schedules.size() > Schedules.MOST_APPLIED) {
      errors.add("/schedules", "must be at most " + Schedules.MOST_APPLIED + " schedules");
    }
  }

  @Override
  protected Map<String, NewSchedule> value() {
    return schedules;
  }
}
