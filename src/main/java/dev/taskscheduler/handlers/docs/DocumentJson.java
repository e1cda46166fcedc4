package dev.taskscheduler.handlers.docs;

import dev.taskscheduler.yaml.YamlJson;
import java.nio.charset.StandardCharsets;

/// Writes the API document as JSON from its YAML.
final class DocumentJson {
  private static final byte[] DOCUMENT = // once it is asked for
      YamlJson.of(new String(DocumentPages.yaml(), StandardCharsets.UTF_8));

  private DocumentJson() {}

  /// The document; not to be changed.
  static byte[] document() {
    return DOCUMENT;
  }
}
