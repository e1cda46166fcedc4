package dev.taskscheduler.runner.http;

import java.util.Map;
import java.util.Optional;

/// What a target answered.
///
/// @param status from 200 up, or 101
/// @param headers by name in lower case; the first of each
/// @param body as many bytes as may be kept; not to be changed after
/// @param cut whether there was more
public record HttpAnswer(int status, Map<String, String> headers, byte[] body, boolean cut) {
  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }
}
