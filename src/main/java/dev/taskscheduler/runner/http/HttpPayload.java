package dev.taskscheduler.runner.http;

import dev.taskscheduler.spi.PayloadError;
import dev.taskscheduler.task.TargetUrl;
import dev.taskscheduler.time.Durations;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/// The parsed payload of a task of type `http`: the request, or the errors.
final class HttpPayload {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");
  private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD");
  private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}");
  private static final Pattern HEADER_VALUE = Pattern.compile("[\\t\\x20-\\x7e]{0,8192}");
  private static final int MAX_HEADERS = 64;
  private static final int MAX_URL = 8192;
  private static final int MAX_SHOWN = 100;
  private static final String URL_DETAIL =
      "must be a string such as \"https://example.com/hook\": %s, at most 8,192 characters"
          .formatted(TargetUrl.RULE);
  private static final String TIMEOUT_DETAIL =
      "must be seconds as a number above 0, or a duration such as \"20s\"";

  private final byte[] payload;
  private final List<PayloadError> faults = new ArrayList<>();
  private String method = "POST";
  private @Nullable URI url;
  private boolean urlSeen;
  private final Map<String, String> headers = new LinkedHashMap<>(); // by name in lower case
  private boolean tooManyHeaders;
  private byte @Nullable [] body;
  private byte @Nullable [] bodyText;
  private Duration timeout = Duration.ofDays(1); // the sender's own is less

  private HttpPayload(byte[] payload) {
    this.payload = payload;
  }

  /// Parses a payload.
  static HttpPayload read(byte[] payload) {
    HttpPayload request = new HttpPayload(payload);
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), payload)) {
      request.object(parser);
    } catch (JacksonException e) {
      request.fault("", "is not valid JSON: " + e.getOriginalMessage());
    }
    return request;
  }

  /// The errors; none if [#call] may be used.
  List<PayloadError> faults() {
    return List.copyOf(faults);
  }

  /// The request.
  ///
  /// @throws IllegalStateException if there are errors
  OutboundRequest call() {
    URI target = url;
    if (!faults.isEmpty() || target == null) {
      throw new IllegalStateException("the payload has errors");
    }
    byte[] sent = body != null ? body : bodyText != null ? bodyText : new byte[0];
    Map<String, String> sentHeaders = new LinkedHashMap<>(headers);
    if (body != null) {
      sentHeaders.putIfAbsent("content-type", "application/json");
    } else if (bodyText != null) {
      sentHeaders.putIfAbsent("content-type", "text/plain; charset=utf-8");
    }
    return new OutboundRequest(method, target, sentHeaders, sent, timeout);
  }

  /// The target, if the payload names one.
  Optional<URI> target() {
    return Optional.ofNullable(url);
  }

  private void object(JsonParser parser) {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      fault("", "must be an object with a url, such as {\"url\": \"https://example.com/hook\"}");
      return;
    }
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      field(name, parser.nextToken(), parser);
      if (readEnough()) {
        return;
      }
    }
    if (!urlSeen) {
      fault("/url", "is missing; " + URL_DETAIL);
    }
    if (body != null && bodyText != null) {
      fault("/bodyText", "cannot be combined with body; leave one of them out");
    }
    if (WITHOUT_BODY.contains(method) && (body != null || bodyText != null)) {
      fault("/method", "is " + method + ", which has no body; leave the body out or use POST");
    }
  }

  private void field(String name, JsonToken value, JsonParser parser) {
    switch (name) {
      case "url" -> url(value, parser);
      case "method" -> method(value, parser);
      case "headers" -> headers(value, parser);
      case "body" -> body(parser);
      case "bodyText" -> bodyText(value, parser);
      case "timeout" -> timeout(value, parser);
      default -> {
        parser.skipChildren();
        fault(
            "/" + shown(name),
            "is unknown; the fields are url, method, headers, body, bodyText, timeout");
      }
    }
  }

  private void url(JsonToken value, JsonParser parser) {
    urlSeen = true;
    Optional<URI> read =
        value == JsonToken.VALUE_STRING ? target(parser.getString()) : Optional.empty();
    parser.skipChildren();
    if (read.isEmpty()) {
      fault("/url", URL_DETAIL);
    }
    url = read.orElse(null);
  }

  private static Optional<URI> target(String text) {
    return text.length() > MAX_URL ? Optional.empty() : TargetUrl.read(text);
  }

  private void method(JsonToken value, JsonParser parser) {
    String text = value == JsonToken.VALUE_STRING ? parser.getString() : "";
    parser.skipChildren();
    if (METHODS.contains(text)) {
      method = text;
    } else {
      fault("/method", "must be GET, HEAD, POST, PUT, PATCH or DELETE; the default is POST");
    }
  }

  private void headers(JsonToken value, JsonParser parser) {
    if (value != JsonToken.START_OBJECT) {
      parser.skipChildren();
      fault("/headers", "must be an object of strings, such as {\"X-Team\": \"billing\"}");
      return;
    }
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken token = parser.nextToken();
      header(name, token == JsonToken.VALUE_STRING ? parser.getString() : null);
      parser.skipChildren();
      if (headers.size() > MAX_HEADERS) {
        fault("/headers", "has more than " + MAX_HEADERS + " headers");
        tooManyHeaders = true;
      }
      if (readEnough()) {
        return;
      }
    }
  }

  private void header(String name, @Nullable String value) {
    String pointer = "/headers/" + shown(name);
    if (!HEADER_NAME.matcher(name).matches()) {
      fault(pointer, "is not a header name; use letters, digits and '-'");
    } else if (TaskHeaders.owned(name)) {
      fault(pointer, "is set by the scheduler; leave it out");
    } else if (value == null || !HEADER_VALUE.matcher(value).matches()) {
      fault(pointer, "must be a string of printable ASCII on one line, at most 8,192 characters");
    } else if (headers.put(name.toLowerCase(Locale.ROOT), value) != null) {
      fault(pointer, "is repeated with other letter case; leave one out");
    }
  }

  /// Stores the bytes unchanged, so that exactly what was submitted is signed and sent.
  private void body(JsonParser parser) {
    int start = (int) parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    parser.finishToken(); // else a string is read lazily and the location is too early
    int end = (int) parser.currentLocation().getByteOffset();
    body = Arrays.copyOfRange(payload, start, end);
  }

  private void bodyText(JsonToken value, JsonParser parser) {
    if (value == JsonToken.VALUE_STRING) {
      String text = parser.getString();
      bodyText = text.getBytes(StandardCharsets.UTF_8);
      if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) { // it would be sent as ?
        fault("/bodyText", "has half of a surrogate pair, which UTF-8 cannot encode");
      }
    } else {
      parser.skipChildren();
      fault("/bodyText", "must be a string; put JSON into body");
    }
  }

  private void timeout(JsonToken value, JsonParser parser) {
    Optional<Duration> read =
        switch (value) {
          case VALUE_STRING -> Durations.parse(parser.getString()).filter(Duration::isPositive);
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> seconds(parser.getDoubleValue());
          default -> Optional.empty();
        };
    parser.skipChildren();
    if (read.isEmpty()) {
      fault("/timeout", TIMEOUT_DETAIL);
    } else if (read.get().compareTo(timeout) < 0) {
      timeout = read.get();
    }
  }

  private static Optional<Duration> seconds(double seconds) {
    long millis = Math.round(Math.min(seconds, 1e9) * 1_000);
    return millis > 0 ? Optional.of(Duration.ofMillis(millis)) : Optional.empty();
  }

  private void fault(String pointer, String detail) {
    if (faults.size() < PayloadError.MAX_SHOWN) {
      faults.add(new PayloadError(pointer, detail));
    }
  }

  /// Whether reading can stop: the payload is refused, and no more errors are shown.
  private boolean readEnough() {
    return tooManyHeaders || faults.size() == PayloadError.MAX_SHOWN;
  }

  private static String shown(String name) {
    String text = name.replace("~", "~0").replace("/", "~1");
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
  }
}
