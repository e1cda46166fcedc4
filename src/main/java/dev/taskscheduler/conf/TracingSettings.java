package dev.taskscheduler.conf;

import dev.taskscheduler.tracing.TracingConfig;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads where spans are sent: by the names that OpenTelemetry gives to its variables.
final class TracingSettings {
  private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
  private static final String HEADERS = "OTEL_EXPORTER_OTLP_HEADERS";
  private static final Pattern URL =
      Pattern.compile("|https?://[A-Za-z0-9.\\-\\[\\]:]{1,255}(/[!-~]{0,500})?");
  private static final Pattern PAIRS =
      Pattern.compile(
          "|[A-Za-z0-9-]{1,64}=[!-+\\--~]{0,4096}(,[A-Za-z0-9-]{1,64}=[!-+\\--~]{0,4096}){0,15}");
  private static final Pattern SERVICE = Pattern.compile("[A-Za-z0-9._/-]{1,64}");
  private static final Pattern RATIO = Pattern.compile("0(\\.\\d{1,9})?|1(\\.0{1,9})?");

  private TracingSettings() {}

  static Optional<TracingConfig> read(Settings settings) {
    String endpoint =
        settings.matching(
            ENDPOINT,
            "",
            URL,
            "the URL of a collector's OTLP port over HTTP, such as http://collector:4318");
    String headers = settings.text(HEADERS, "", TracingSettings::checked, value -> "(not shown)");
    String service =
        settings.matching(
            "OTEL_SERVICE_NAME",
            "task-scheduler",
            SERVICE,
            "1 to 64 characters of a-z A-Z 0-9 . _ / -");
    String ratio = settings.matching("OTEL_TRACES_SAMPLER_ARG", "1", RATIO, "a number from 0 to 1");
    if (endpoint.isEmpty() || !settings.valid(ENDPOINT) || !settings.valid(HEADERS)) {
      return Optional.empty();
    }
    return Optional.of(
        new TracingConfig(
            URI.create(endpoint.replaceAll("/+$", "") + "/v1/traces"),
            pairs(headers),
            service,
            Double.parseDouble(RATIO.matcher(ratio).matches() ? ratio : "1")));
  }

  private static String checked(String headers) {
    if (!PAIRS.matcher(headers).matches()) {
      throw new IllegalArgumentException("name=value, up to 16, separated by commas");
    }
    return headers;
  }

  private static Map<String, String> pairs(String headers) {
    Map<String, String> pairs = new HashMap<>();
    for (String pair : headers.isEmpty() ? new String[0] : headers.split(",", -1)) {
      int equals = pair.indexOf('=');
      pairs.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    return pairs;
  }
}
