package dev.taskscheduler.task;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a callback's URL may be: it stands in a record's first line and in a JSON text as it is.
class CallbackTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:8080/hook",
        "https://example.org/a?b=c&d=%20#e",
        "https://[::1]:8443/",
        "https://example.org/~ss!/'(x),;"
      })
  void a_url_in_ascii_is_taken_as_it_is(String url) {
    assertTrue(Callback.isUrl(url));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ftp://example.org",
        "HTTP://example.org",
        "http://",
        "//example.org",
        "http://example.org/a b",
        "http://example.org/a\"b",
        "http://example.org/a\\b",
        "http://example.org/a\nx",
        "http://example.org/a\n",
        "http://example.org/\t",
        "http://ex\u00e4mple.org/",
        "http://example.org/\u0000",
        "http://example.org/\u007f",
        " http://example.org/",
        "https://user:pa~ss!@example.org/"
      })
  void what_would_break_out_of_its_place_is_refused(String url) {
    assertFalse(Callback.isUrl(url), url);
  }

  @Test
  void a_url_has_2048_characters_at_the_most() {
    String longest = "http://" + "x".repeat(Callback.LONGEST_URL - 7);
    assertTrue(Callback.isUrl(longest));
    assertFalse(Callback.isUrl(longest + "x"));
  }
}
