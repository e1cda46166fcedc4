package dev.taskscheduler.runner.http;

import dev.taskscheduler.spi.TaskRun;
import dev.taskscheduler.tracing.TraceContext;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The headers that name the task, the attempt, the leader and the trace, and carry the signature.
final class TaskHeaders {
  /// Headers that are set here or by HTTP itself. A payload that set them could pretend to be
  /// another task, smuggle a second request, or replace a signature.
  private static final Set<String> OWNED =
      Set.of(
          "host",
          "content-length",
          "transfer-encoding",
          "connection",
          "keep-alive",
          "te",
          "trailer",
          "upgrade",
          "expect",
          "accept-encoding",
          "idempotency-key",
          "traceparent",
          "tracestate",
          "task-attempt",
          "task-epoch",
          "task-fencing-token");

  private TaskHeaders() {}

  /// Whether a payload must not set this header. An underscore counts as a hyphen, since CGI, WSGI
  /// and some proxies use the same variable for both names.
  static boolean owned(String name) {
    String lower = name.toLowerCase(Locale.ROOT).replace('_', '-');
    return OWNED.contains(lower) || lower.startsWith("webhook-") || lower.startsWith("proxy-");
  }

  /// The headers for a body that is sent at `now`.
  static Map<String, String> of(TaskRun task, byte[] body, SigningKeys keys, Instant now) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Idempotency-Key", task.id());
    headers.put("Task-Attempt", String.valueOf(task.attempt()));
    headers.put("Task-Epoch", String.valueOf(task.token().epoch()));
    headers.put("Task-Fencing-Token", task.token().toString());
    headers.put("traceparent", traceparent(task.traceparent()));
    if (!keys.isEmpty()) {
      long seconds = now.getEpochSecond();
      headers.put("webhook-id", task.id());
      headers.put("webhook-timestamp", String.valueOf(seconds));
      headers.put("webhook-signature", keys.sign(task.id(), seconds, body));
    }
    return headers;
  }

  /// Continues the submission's trace with a span for this attempt, or begins a trace.
  static String traceparent(Optional<String> submitted) {
    return submitted
        .flatMap(TraceContext::parse)
        .map(TraceContext::next)
        .orElseGet(TraceContext::begin)
        .traceparent();
  }
}
