package dev.taskscheduler.handlers.schedules;

import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.ObjectReader;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads the body of a trigger: whether it fires also while a run has not ended.
final class TriggerReader extends ObjectReader<Boolean> {
  private boolean anyway;

  TriggerReader(JsonParser parser) {
    super(parser);
  }

  @Override
  protected void field(String name, JsonToken value) {
    String pointer = FieldErrors.pointer(name);
    if (name.equals("overlap")) {
      anyway =
          checked(
                  value,
                  pointer,
                  text(value).filter("allow"::equals),
                  "must be \"allow\"; leave it out for the policy of the schedule")
              .isPresent();
    } else {
      unknown(pointer, "overlap");
    }
  }

  @Override
  protected Boolean value() {
    return anyway;
  }
}
