package dev.taskscheduler.cli;

/// Makes text from outside harmless to a terminal.
///
/// A task's error may hold escape sequences that move the cursor, set the title or hide text, and
/// characters that reverse the direction of a line. Each such character is written as JSON writes
/// it, `\u001b`.
final class SafeText {
  private SafeText() {}

  /// One line: also its ends of lines are written as characters.
  static String line(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    append(safe, text);
    return safe.toString();
  }

  /// One line of at most so many characters; the rest is `...`.
  static String line(String text, int most) {
    String safe = line(text.length() > most ? text.substring(0, most) : text);
    return safe.length() > most || text.length() > most
        ? safe.substring(0, Math.min(safe.length(), Math.max(0, most - 3))) + "..."
        : safe;
  }

  private static void append(StringBuilder safe, String text) {
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      int length = Character.charCount(point);
      if (isPrintable(point)) {
        safe.appendCodePoint(point);
      } else {
        for (int j = i; j < i + length; j++) {
          escape(safe, text.charAt(j));
        }
      }
      i += length;
    }
  }

  static boolean isPrintable(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }

  static void escape(StringBuilder text, char character) {
    text.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
      text.append(Character.forDigit((character >> shift) & 15, 16));
    }
  }
}
