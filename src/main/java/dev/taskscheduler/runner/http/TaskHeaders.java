package dev.taskscheduler.runner.http;

import dev.taskscheduler.runner.TaskRun;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The headers that tell a target which task and which attempt it is asked for, who asks, and that
/// it is really us.
final class TaskHeaders {
  private static final Pattern TRACEPARENT =
      Pattern.compile(
          "(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?");
  private static final int KNOWN_FLAGS = 0x03; // sampled, and a trace id that is random
  private static final String NEW_TRACE_FLAGS = "03";

  /// Set here, or by HTTP itself: a payload that could set them could pass for another task, hide a
  /// second request in one, or take a signature's place.
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

  /// Whether a payload must leave this header alone. An underscore counts as a hyphen: CGI, WSGI
  /// and some proxies give both names the same variable, so that one could pass for the other.
  static boolean owned(String name) {
    String lower = name.toLowerCase(Locale.ROOT).replace('_', '-');
    return OWNED.contains(lower) || lower.startsWith("webhook-") || lower.startsWith("proxy-");
  }

  /// All of them, for a body that is sent at `now`.
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

  /// The submission's trace goes on with a span of this attempt; without one a trace begins.
  static String traceparent(Optional<String> submitted) {
    Optional<Matcher> known = submitted.map(TRACEPARENT::matcher).filter(Matcher::matches);
    String trace = known.map(matcher -> matcher.group(1)).orElseGet(() -> random() + random());
    String flags =
        known
            .map(matcher -> HexFormat.fromHexDigits(matcher.group(2)) & KNOWN_FLAGS)
            .map(bits -> HexFormat.of().toHexDigits(bits.byteValue()))
            .orElse(NEW_TRACE_FLAGS);
    return "00-" + trace + "-" + random() + "-" + flags;
  }

  private static String random() {
    long bits = ThreadLocalRandom.current().nextLong();
    return HexFormat.of().toHexDigits(bits == 0 ? 1 : bits);
  }
}
