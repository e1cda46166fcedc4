package dev.taskscheduler.handlers.wire;

import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads the body of a pause: why it is paused.
public final class NoteReader extends ObjectReader<String> {
  private final int longest;
  private String note = "";

  /// @param longest characters that a note may have
  public NoteReader(JsonParser parser, int longest) {
    super(parser);
    this.longest = longest;
  }

  @Override
  protected void field(String name, JsonToken value) {
    String pointer = FieldErrors.pointer(name);
    if (name.equals("note")) {
      Optional<String> text =
          text(value).filter(some -> some.length() <= longest).filter(Utf8::encodes);
      note =
          checked(value, pointer, text, "must be a string of at most " + longest + " characters")
              .orElse("");
    } else {
      unknown(pointer, "note");
    }
  }

  @Override
  protected String value() {
    return note;
  }
}
