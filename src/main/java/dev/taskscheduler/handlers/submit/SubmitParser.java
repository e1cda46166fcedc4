package dev.taskscheduler.handlers.submit;

import dev.taskscheduler.handlers.wire.StrictJson;
import java.time.InstantSource;

/// Reads the body of `POST /submit` in one pass, strictly. Beyond [StrictJson] it refuses a number
/// that is no finite double. So the payload, which is stored and passed on byte for byte, has the
/// same meaning for every reader.
///
/// Safe for many threads.
final class SubmitParser {
  private final StrictJson json;
  private final InstantSource clock;

  /// @param maxBodyBytes no string inside a body can be longer
  /// @param clock says what is over and what lies too far ahead
  SubmitParser(int maxBodyBytes, InstantSource clock) {
    this.json = new StrictJson(maxBodyBytes);
    this.clock = clock;
  }

  /// Reads `body`, which must not change afterwards.
  ///
  /// @param again whether it may have been kept before, under an `Idempotency-Key`
  SubmitRequest parse(byte[] body, boolean again) {
    return json.read(
        body,
        parser -> new SubmitReader(parser, body, clock, again).request(),
        SubmitRequest.Malformed::new);
  }
}
