package dev.taskscheduler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SafeTextTest {
  @Test
  void escape_sequences_and_ends_of_lines_are_written_as_characters() {
    assertEquals("\\u001b[31mred\\u001b[0m", SafeText.line("\u001b[31mred\u001b[0m"));
    assertEquals("\\u009b2J", SafeText.line("\u009b2J"));
    assertEquals("a\\u000ab\\u000d\\u0009\\u0000", SafeText.line("a\nb\r\t\0"));
    assertEquals("\\u2028\\u2029", SafeText.line("\u2028\u2029"));
  }

  @Test
  void characters_that_change_the_direction_or_cannot_be_seen_are_written_as_escapes() {
    assertEquals("abc\\u202efdp.exe", SafeText.line("abc\u202efdp.exe"));
    assertEquals("\\u200b\\ufeff", SafeText.line("\u200b\ufeff"));
    assertEquals("\\udb40\\udc41", SafeText.line("\udb40\udc41")); // a tag that nobody sees
    assertEquals("\\ud800x", SafeText.line("\ud800x"));
  }

  @Test
  void text_of_any_language_stays() {
    assertEquals("Grüße, мир, 世界, 🚀", SafeText.line("Grüße, мир, 世界, 🚀"));
  }

  @Test
  void a_long_text_is_cut() {
    assertEquals("abc...", SafeText.line("abcdefghij", 6));
    assertEquals("abcdef", SafeText.line("abcdef", 6));
    assertTrue(SafeText.line("\u001b".repeat(100), 20).length() <= 20);
  }
}
