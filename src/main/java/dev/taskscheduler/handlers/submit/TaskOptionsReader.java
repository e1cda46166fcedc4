package dev.taskscheduler.handlers.submit;

import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.Rfc3339;
import dev.taskscheduler.handlers.wire.Sha256;
import dev.taskscheduler.handlers.wire.Utf8;
import dev.taskscheduler.task.Backoff;
import dev.taskscheduler.task.BackoffOverride;
import dev.taskscheduler.task.Callback;
import dev.taskscheduler.task.Durability;
import dev.taskscheduler.task.RetryPolicy;
import dev.taskscheduler.task.StartTime;
import dev.taskscheduler.task.SubmitOptions;
import dev.taskscheduler.task.TargetUrl;
import dev.taskscheduler.task.TaskOptions;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Consumer;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads what a submission asks for beyond the usual.
final class TaskOptionsReader {
  private static final Duration LONGEST = Duration.ofDays(365);
  private static final Duration LEAST_TIMEOUT = Duration.ofMillis(100);
  private static final Duration LONGEST_TIMEOUT = Duration.ofHours(24);
  private static final int LONGEST_KEY = 200;

  private static final String DURATION = "seconds as a number, or an ISO-8601 duration such as ";
  private static final String TIME =
      "must be a time such as \"2026-11-23T08:55:00Z\" (RFC 3339), at most 365 days ahead";
  private static final String URL =
      "must be a URL: "
          + TargetUrl.RULE
          + ", at most "
          + Callback.LONGEST_URL
          + " characters of ASCII, no quotes, no backslash";

  private final JsonParser parser;
  private final Consumer<JsonToken> walk;
  private final FieldErrors faults;
  private final InstantSource clock;
  private final boolean again;
  private TaskOptions options = TaskOptions.NONE;
  private Durability durability = Durability.MEMORY;
  private Optional<Duration> uniqueFor = Optional.empty();
  private boolean delaySeen;
  private boolean runAtSeen;

  /// @param walk goes to the end of a value that is of no use
  /// @param again whether it may have been kept before, under an `Idempotency-Key`
  TaskOptionsReader(
      JsonParser parser,
      Consumer<JsonToken> walk,
      FieldErrors faults,
      InstantSource clock,
      boolean again) {
    this.parser = parser;
    this.walk = walk;
    this.faults = faults;
    this.clock = clock;
    this.again = again;
  }

  /// @return false if there is no such field; then nothing was read
  boolean field(String name, JsonToken value) {
    switch (name) {
      case "delay" -> {
        delaySeen = true;
        duration(name, value, Duration.ZERO, LONGEST, "\"PT90S\"; 0 to 365 days")
            .filter(Duration::isPositive)
            .ifPresent(delay -> options = options.due(new StartTime.After(delay)));
      }
      case "runAt" -> {
        runAtSeen = true;
        time(name, value).ifPresent(time -> options = options.due(new StartTime.At(time)));
      }
      case "expiresAt" -> time(name, value).ifPresent(time -> options = options.expiresAt(time));
      case "timeout" ->
          duration(
                  name, value, LEAST_TIMEOUT, LONGEST_TIMEOUT, "\"PT30S\"; 0.1 seconds to 24 hours")
              .ifPresent(time -> options = options.timeout(time));
      case "retention" ->
          duration(name, value, Duration.ofSeconds(1), LONGEST, "\"PT1H\"; 1 second to 365 days")
              .ifPresent(time -> options = options.retention(time));
      case "maxAttempts" -> maxAttempts(value);
      case "backoff" -> backoff(value);
      case "uniqueKey" -> uniqueKey(value);
      case "uniqueFor" ->
          uniqueFor =
              duration(
                  name, value, Duration.ofSeconds(1), LONGEST, "\"PT1H\"; 1 second to 365 days");
      case "callback" -> callback(value);
      case "durability" -> durability(value);
      default -> {
        return false;
      }
    }
    return true;
  }

  /// Notes what does not go together.
  void check() {
    if (delaySeen && runAtSeen) {
      faults.add("/runAt", "cannot stand beside delay; leave one of them out");
    }
    if (uniqueFor.isPresent() && options.uniqueKey().isEmpty()) {
      faults.add("/uniqueFor", "wants a uniqueKey beside it");
    }
    options.expiresAt().ifPresent(this::checkExpiry);
  }

  /// A task that could never start is a mistake. What was submitted before under its key may be so
  /// by now: that is for its first answer to say.
  private void checkExpiry(Instant expiresAt) {
    if (options.due() instanceof StartTime.At(Instant start) && !expiresAt.isAfter(start)) {
      faults.add("/expiresAt", "must be later than runAt, else the task never starts");
      return;
    }
    Duration delay = options.due() instanceof StartTime.After(Duration wait) ? wait : Duration.ZERO;
    if (!again && !expiresAt.isAfter(clock.instant().plus(delay))) {
      faults.add(
          "/expiresAt",
          delay.isZero()
              ? "must lie ahead by this node's clock, else the task never starts"
              : "must be later than the end of delay, else the task never starts");
    }
  }

  TaskOptions options() {
    if (uniqueFor.isEmpty() || options.uniqueKey().isEmpty()) {
      return options;
    }
    return new TaskOptions( // the key is held by its window, not by the task
        options.due(),
        options.retry(),
        options.timeout(),
        options.expiresAt(),
        options.retention(),
        options.callback(),
        Optional.empty(),
        options.traceparent());
  }

  SubmitOptions terms() {
    if (durability == Durability.MEMORY && uniqueFor.isEmpty()) {
      return SubmitOptions.NONE;
    }
    Optional<SubmitOptions.UniqueWindow> window =
        uniqueFor.flatMap(
            time -> options.uniqueKey().map(key -> new SubmitOptions.UniqueWindow(key, time)));
    return new SubmitOptions(Optional.empty(), window, durability);
  }

  private void maxAttempts(JsonToken value) {
    Optional<Integer> attempts = whole(value, RetryPolicy.MOST_ATTEMPTS);
    if (attempts.isEmpty()) {
      refuse(value, "/maxAttempts", "must be a whole number from 1 to 1000");
      return;
    }
    options =
        options.retry(new RetryPolicy(OptionalInt.of(attempts.get()), options.retry().backoff()));
  }

  /// A whole number however it is written: to JSON Schema `5.0` is an integer.
  private Optional<Integer> whole(JsonToken value, int most) {
    if (value != JsonToken.VALUE_NUMBER_INT && value != JsonToken.VALUE_NUMBER_FLOAT) {
      return Optional.empty();
    }
    double rough = parser.getDoubleValue();
    if (rough < 1 || rough > most) {
      return Optional.empty();
    }
    BigDecimal exact = parser.getDecimalValue().stripTrailingZeros();
    return exact.scale() <= 0 ? Optional.of(exact.intValueExact()) : Optional.empty();
  }

  private void backoff(JsonToken value) {
    if (value != JsonToken.START_OBJECT) {
      refuse(value, "/backoff", "must be an object with base, cap and factor, each optional");
      return;
    }
    Optional<Duration> base = Optional.empty();
    Optional<Duration> cap = Optional.empty();
    OptionalDouble factor = OptionalDouble.empty();
    String bounds = "\"PT5S\"; 1 ms to 24 hours";
    Duration least = Duration.ofMillis(1);
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken part = parser.nextToken();
      switch (name) {
        case "base" -> base = duration("backoff/base", part, least, Backoff.LONGEST, bounds);
        case "cap" -> cap = duration("backoff/cap", part, least, Backoff.LONGEST, bounds);
        case "factor" -> factor = factor(part);
        default ->
            refuse(
                part,
                "/backoff" + FieldErrors.pointer(name),
                "is not known; the fields are base, cap, factor");
      }
    }
    if (base.isPresent() && cap.isPresent() && cap.get().compareTo(base.get()) < 0) {
      faults.add("/backoff/cap", "must not be less than base");
      return;
    }
    options =
        options.retry(
            new RetryPolicy(options.retry().maxAttempts(), new BackoffOverride(base, cap, factor)));
  }

  private OptionalDouble factor(JsonToken value) {
    if (value == JsonToken.VALUE_NUMBER_INT || value == JsonToken.VALUE_NUMBER_FLOAT) {
      double factor = parser.getDoubleValue();
      if (factor >= 1 && factor <= Backoff.MOST_FACTOR) {
        return OptionalDouble.of(factor);
      }
    }
    refuse(value, "/backoff/factor", "must be a number from 1 to 100");
    return OptionalDouble.empty();
  }

  private void uniqueKey(JsonToken value) {
    String key = value == JsonToken.VALUE_STRING ? parser.getString() : "";
    if (key.isEmpty() || key.length() > LONGEST_KEY) {
      refuse(value, "/uniqueKey", "must be a string of 1 to " + LONGEST_KEY + " characters");
      return;
    }
    if (!Utf8.encodes(key)) { // else it would be the same key as others
      faults.add("/uniqueKey", "has half of a surrogate pair, which has no form in UTF-8");
      return;
    }
    options = options.uniqueKey(Sha256.of(key.getBytes(StandardCharsets.UTF_8)));
  }

  private void callback(JsonToken value) {
    if (value != JsonToken.START_OBJECT) {
      refuse(value, "/callback", "must be an object with url and, optional, on");
      return;
    }
    String url = "";
    Callback.When when = Callback.When.BOTH;
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken part = parser.nextToken();
      String text = part == JsonToken.VALUE_STRING ? parser.getString() : "";
      switch (name) {
        case "url" -> {
          url = text;
          parser.skipChildren();
        }
        case "on" -> {
          if (text.matches("success|failure|both")) {
            when = Callback.When.valueOf(text.toUpperCase(Locale.ROOT));
          } else {
            refuse(part, "/callback/on", "must be success, failure or both");
          }
        }
        default ->
            refuse(
                part,
                "/callback" + FieldErrors.pointer(name),
                "is not known; the fields are url, on");
      }
    }
    if (TargetUrl.read(url).isEmpty()) {
      faults.add("/callback/url", URL);
      return;
    }
    try {
      options = options.callback(new Callback(when, url));
    } catch (IllegalArgumentException e) {
      faults.add("/callback/url", URL);
    }
  }

  private void durability(JsonToken value) {
    Optional<Durability> wanted =
        value == JsonToken.VALUE_STRING ? Durability.parse(parser.getString()) : Optional.empty();
    if (wanted.isEmpty()) {
      refuse(value, "/durability", "must be \"memory\", \"replica\" or \"fsync\"");
    }
    durability = wanted.orElse(Durability.MEMORY);
  }

  private Optional<Instant> time(String name, JsonToken value) {
    Optional<Instant> time =
        value == JsonToken.VALUE_STRING ? Rfc3339.time(parser.getString()) : Optional.empty();
    if (time.isEmpty() || time.get().isAfter(clock.instant().plus(LONGEST))) {
      refuse(value, "/" + name, TIME);
      return Optional.empty();
    }
    return time;
  }

  /// @param bounds an example and what is allowed, for people
  private Optional<Duration> duration(
      String name, JsonToken value, Duration least, Duration most, String bounds) {
    Optional<Duration> read =
        switch (value) {
          case VALUE_STRING -> Rfc3339.duration(parser.getString());
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Rfc3339.seconds(parser.getDoubleValue());
          default -> Optional.empty();
        };
    if (read.isEmpty() || read.get().compareTo(least) < 0 || read.get().compareTo(most) > 0) {
      refuse(value, "/" + name, "must be " + DURATION + bounds);
      return Optional.empty();
    }
    return read;
  }

  private void refuse(JsonToken value, String pointer, String detail) {
    walk.accept(value);
    faults.add(pointer, value == JsonToken.VALUE_NULL ? SubmitReader.NULL : detail);
  }
}
