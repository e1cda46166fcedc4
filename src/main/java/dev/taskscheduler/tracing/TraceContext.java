package dev.taskscheduler.tracing;

import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One span of one trace, as the header `traceparent` of W3C Trace Context names it.
///
/// @param traceId 32 lower-case hexadecimal digits, not all zero
/// @param spanId 16 lower-case hexadecimal digits, not all zero
/// @param flags whether the trace is recorded, and whether its id is random
public record TraceContext(String traceId, String spanId, byte flags) {
  private static final Pattern FORM =
      Pattern.compile(
          "(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");
  private static final int KNOWN_FLAGS = 0x03;
  private static final int SAMPLED = 0x01;

  /// Reads a header of any version that begins as version 00 does. What is malformed is passed
  /// over, as the specification asks.
  public static Optional<TraceContext> parse(String traceparent) {
    Matcher form = FORM.matcher(traceparent);
    if (!form.matches() || (form.group(1).equals("00") && form.group(5) != null)) {
      return Optional.empty();
    }
    int flags = HexFormat.fromHexDigits(form.group(4)) & KNOWN_FLAGS;
    return Optional.of(new TraceContext(form.group(2), form.group(3), (byte) flags));
  }

  /// A trace that begins here, with random ids.
  public static TraceContext begin() {
    return new TraceContext(random() + random(), random(), (byte) KNOWN_FLAGS);
  }

  /// Another span of the same trace.
  public TraceContext next() {
    return new TraceContext(traceId, random(), flags);
  }

  public boolean sampled() {
    return (flags & SAMPLED) != 0;
  }

  /// The header.
  public String traceparent() {
    return "00-" + traceId + "-" + spanId + "-" + HexFormat.of().toHexDigits(flags);
  }

  private static String random() {
    long bits = ThreadLocalRandom.current().nextLong();
    return HexFormat.of().toHexDigits(bits == 0 ? 1 : bits);
  }
}
