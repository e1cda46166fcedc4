package dev.taskscheduler.handlers.docs;

import io.helidon.openapi.OpenApiFormat;
import io.helidon.openapi.OpenApiManager;
import java.nio.charset.StandardCharsets;

/// Hands out the API document as it was built, in both forms. Helidon's own manager writes it anew
/// from what it read, and the JSON that it writes has YAML tags in it where the document says null.
public final class DocumentAsBuilt implements OpenApiManager<String> {
  @Override
  public String load(String content) {
    return content;
  }

  @Override
  public String format(String yaml, OpenApiFormat format) {
    return switch (format) {
      case JSON -> new String(DocumentPages.json(), StandardCharsets.UTF_8);
      case YAML, UNSUPPORTED -> yaml;
    };
  }

  @Override
  public String name() {
    return "as-built";
  }

  @Override
  public String type() {
    return "as-built";
  }
}
