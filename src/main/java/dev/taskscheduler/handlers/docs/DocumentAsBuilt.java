package dev.taskscheduler.handlers.docs;

import io.helidon.openapi.OpenApiFormat;
import io.helidon.openapi.OpenApiManager;
import java.nio.charset.StandardCharsets;

/// Hands out the API document as YAML as it was written, and as JSON by [DocumentJson]. The JSON of
/// Helidon's own manager has YAML tags in it where the document says null.
public final class DocumentAsBuilt implements OpenApiManager<String> {
  @Override
  public String load(String content) {
    return content;
  }

  @Override
  public String format(String yaml, OpenApiFormat format) {
    return switch (format) {
      case JSON -> new String(DocumentJson.document(), StandardCharsets.UTF_8);
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
