package dev.taskscheduler.handlers.docs;

import dev.taskscheduler.handlers.wire.Responses;
import io.helidon.common.media.type.MediaType;
import io.helidon.common.media.type.MediaTypes;
import io.helidon.http.BadRequestException;
import io.helidon.http.HeaderValues;
import io.helidon.openapi.OpenApiFormat;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Locale;
import java.util.Optional;

/// Answers `HEAD /openapi` with the headers of Helidon's answer to GET, since Helidon's feature
/// answers GET alone.
public final class DocumentHead implements Handler {
  /// In the order of the feature.
  private static final MediaType[] OFFERED = {
    MediaTypes.APPLICATION_OPENAPI_YAML,
    MediaTypes.APPLICATION_X_YAML,
    MediaTypes.APPLICATION_YAML,
    MediaTypes.APPLICATION_OPENAPI_JSON,
    MediaTypes.APPLICATION_JSON,
    MediaTypes.TEXT_X_YAML,
    MediaTypes.TEXT_YAML
  };

  @Override
  public void handle(ServerRequest req, ServerResponse res) {
    Optional<MediaType> type = type(req);
    if (type.isEmpty()) {
      res.next(); // to where GET goes then
      return;
    }
    res.header(HeaderValues.X_CONTENT_TYPE_OPTIONS_NOSNIFF);
    res.headers().contentType(type.get());
    boolean json = OpenApiFormat.valueOf(type.get()) == OpenApiFormat.JSON;
    Responses.bytes(req, res, json ? DocumentJson.document() : DocumentPages.yaml());
  }

  private static Optional<MediaType> type(ServerRequest req) {
    if (!req.query().contains("format")) {
      return req.headers().bestAccepted(OFFERED).map(MediaType.class::cast);
    }
    String format = req.query().get("format");
    return switch (format.toLowerCase(Locale.ROOT)) {
      case "json" -> Optional.of(MediaTypes.APPLICATION_JSON);
      case "yaml", "yml" -> Optional.of(MediaTypes.APPLICATION_OPENAPI_YAML);
      default ->
          throw new BadRequestException( // in the feature's words
              "Unsupported format: " + format + ", supported formats: [json, yaml, yml]");
    };
  }
}
