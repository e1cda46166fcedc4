package dev.taskscheduler.handlers.queues;

import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.Utf8;
import dev.taskscheduler.queue.QueuePause;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads the body of `POST /queues/{name}/pause`: why it is paused.
final class NoteReader extends ObjectReader<String> {
  private static final String RULE =
      "must be a string of at most " + QueuePause.LONGEST_NOTE + " characters";

  private String note = "";

  NoteReader(JsonParser parser) {
    super(parser);
  }

  @Override
  void field(String name, JsonToken value) {
    String pointer = FieldErrors.pointer(name);
    if (name.equals("note")) {
      Optional<String> text =
          value == JsonToken.VALUE_STRING ? Optional.of(parser.getString()) : Optional.empty();
      note =
          checked(
                  value,
                  pointer,
                  text.filter(some -> some.length() <= QueuePause.LONGEST_NOTE)
                      .filter(Utf8::encodes),
                  RULE)
              .orElse("");
    } else {
      unknown(pointer, "note");
    }
  }

  @Override
  String value() {
    return note;
  }
}
