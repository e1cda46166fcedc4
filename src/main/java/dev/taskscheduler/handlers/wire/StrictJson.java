package dev.taskscheduler.handlers.wire;

import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/// Reads JSON in one pass, strictly. It refuses everything that two readers could understand
/// differently: a repeated name, text after the end, bytes that are not UTF-8.
///
/// Safe for many threads.
public final class StrictJson {
  public static final int MAX_DEPTH = 64;
  public static final int MAX_NUMBER_LENGTH = 1_000;
  public static final int MAX_NAME_LENGTH = 1_000;
  public static final String MARK =
      "The body begins with a byte order mark; send it without (RFC 8259, section 8.1).";

  private static final int SHOWN = 100;

  private final JsonFactory json;

  /// @param maxBodyBytes no string inside a body can be longer
  public StrictJson(int maxBodyBytes) {
    json =
        JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(TokenStreamFactory.Feature.CHARSET_DETECTION) // UTF-8 or nothing
            .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER_LENGTH)
                    .maxNameLength(MAX_NAME_LENGTH)
                    .maxStringLength(Math.max(1, maxBodyBytes))
                    .build())
            .build();
  }

  /// Reads `body`, which must not change afterwards.
  ///
  /// @param reader reads to the end of the text
  /// @param malformed makes the result of a body that cannot be read, from the reason
  public <T> T read(byte[] body, Function<JsonParser, T> reader, Function<String, T> malformed) {
    if (Utf8.marked(body)) {
      return malformed.apply(MARK);
    }
    int fault = Utf8.firstFault(body);
    if (fault >= 0) {
      return malformed.apply("The body is not UTF-8 at byte " + fault + ".");
    }
    try (JsonParser parser = json.createParser(ObjectReadContext.empty(), body)) {
      return reader.apply(parser);
    } catch (StreamConstraintsException e) {
      return malformed.apply("The body exceeds a limit: " + limit(e) + ".");
    } catch (JacksonException e) {
      return malformed.apply("The body is not JSON at " + place(e) + ": " + firstLine(e) + ".");
    }
  }

  private static String limit(StreamConstraintsException e) {
    String message = String.valueOf(e.getOriginalMessage());
    if (message.contains("nesting depth")) {
      return "values may be nested " + MAX_DEPTH + " deep at the most";
    }
    if (message.contains("Number")) {
      return "a number may have " + MAX_NUMBER_LENGTH + " characters at the most";
    }
    if (message.contains("Name")) {
      return "a name may have " + MAX_NAME_LENGTH + " characters at the most";
    }
    return "make it smaller";
  }

  private static String place(JacksonException e) {
    var location = e.getLocation();
    return location == null
        ? "an unknown position"
        : "line " + location.getLineNr() + ", column " + location.getColumnNr();
  }

  private static String firstLine(JacksonException e) {
    String message = String.valueOf(e.getOriginalMessage());
    int end = message.indexOf('\n');
    String line = end < 0 ? message : message.substring(0, end);
    return line.length() <= 2 * SHOWN ? line : line.substring(0, 2 * SHOWN) + "...";
  }
}
