package dev.taskscheduler.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;

/// Turns values into arguments of scripts.
public final class ScriptArgs {
  private ScriptArgs() {}

  /// The arguments, in their order.
  ///
  /// @param values bytes, or anything whose text is meant, with one byte a character (ISO 8859-1);
  ///   of a list, each of its elements
  public static List<byte[]> of(Object... values) {
    List<byte[]> args = new ArrayList<>(values.length);
    for (Object value : values) {
      switch (value) {
        case byte[] raw -> args.add(raw);
        case List<?> more -> args.addAll(of(more.toArray()));
        default -> args.add(bytes(value));
      }
    }
    return args;
  }

  /// The bytes of one argument.
  public static byte[] bytes(Object value) {
    return value.toString().getBytes(ISO_8859_1);
  }
}
