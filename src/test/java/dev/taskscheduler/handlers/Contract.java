package dev.taskscheduler.handlers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.model.Request;
import com.atlassian.oai.validator.model.SimpleResponse;
import com.atlassian.oai.validator.report.ValidationReport;
import dev.taskscheduler.handlers.wire.Paths;
import dev.taskscheduler.handlers.wire.Problem;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Holds answers against `docs/swagger.yaml`.
final class Contract {
  private final OpenApiInteractionValidator validator;

  Contract() throws IOException {
    validator =
        OpenApiInteractionValidator.createForInlineApiSpecification(ApiDocument.strict()).build();
  }

  /// Fails unless the document foresees this answer to this operation.
  ///
  /// @param target with or without a query; one that the server does not know is answered as any
  /// @param body null for the answer to HEAD
  void holds(
      String method,
      String target,
      int status,
      Map<String, List<String>> headers,
      byte @Nullable [] body) {
    String name = Paths.name(target.split("\\?", 2)[0]);
    String path = Paths.ALLOWED.containsKey(name) ? name : "/status";
    if (status >= 400 && !path.startsWith("/health")) {
      assertEquals(List.of(Problem.MEDIA_TYPE), headers.get("content-type"));
    }
    if (body == null || status < 400 && ApiDocument.PAGES.contains(path)) {
      return;
    }
    SimpleResponse.Builder answer = SimpleResponse.Builder.status(status);
    headers.forEach(answer::withHeader);
    if (body.length > 0) {
      answer.withBody(body);
    }
    // What the path does not know is answered as the document says for any path.
    String allowed = Paths.ALLOWED.get(path);
    String known =
        List.of(allowed.split(", ")).contains(method) ? method : allowed.split(", ", 2)[0];
    String documented = ApiDocument.PAGES.contains(path) ? "/status" : path;
    ValidationReport report =
        validator.validateResponse(documented, Request.Method.valueOf(known), answer.build());
    assertTrue(
        report.getMessages().isEmpty(),
        () -> method + " " + path + " " + status + ": " + report.getMessages());
  }
}
