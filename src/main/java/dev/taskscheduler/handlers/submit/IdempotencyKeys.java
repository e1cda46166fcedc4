package dev.taskscheduler.handlers.submit;

import dev.taskscheduler.handlers.wire.Sha256;
import dev.taskscheduler.task.SubmitOptions;
import io.helidon.http.BadRequestException;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// The header `Idempotency-Key` as the IETF's draft has it
/// (draft-ietf-httpapi-idempotency-key-header), and which keys this node is answering now. A key
/// without quotes is taken too.
final class IdempotencyKeys {
  private static final HeaderName NAME = HeaderNames.create("Idempotency-Key");
  private static final Pattern KEY = Pattern.compile("\"([!#-\\[\\]-~]{1,255})\"|([!#-~]{1,255})");

  private final Duration remembered;
  private final Set<String> inFlight = ConcurrentHashMap.newKeySet();

  /// @param remembered how long a key stands
  IdempotencyKeys(Duration remembered) {
    this.remembered = remembered;
  }

  /// The key that a request bears.
  ///
  /// @throws BadRequestException if it is none; the message says what one looks like
  static Optional<String> read(ServerRequestHeaders headers) {
    if (!headers.contains(NAME)) {
      return Optional.empty(); // nearly always
    }
    Header header = headers.get(NAME);
    var matcher = KEY.matcher(header.get().strip());
    if (header.valueCount() != 1 || !matcher.matches()) {
      throw new BadRequestException(
          "Send one Idempotency-Key: 1 to 255 visible characters of ASCII, no space, in quotes, such as"
              + " \"8e03978e-40d5-43e8-bc93-6894a57f9324\".");
    }
    return Optional.of(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
  }

  /// @param body whose fingerprint goes with the key
  SubmitOptions.Idempotency once(String key, byte[] body) {
    return new SubmitOptions.Idempotency(
        Sha256.of(key.getBytes(StandardCharsets.ISO_8859_1)), Sha256.of(body), remembered);
  }

  /// An item of a batch has a key of its own, made of the batch's and its place.
  SubmitOptions.Idempotency once(String key, int place, byte[] item) {
    return once(key + " " + place, item); // no key that a client sends has a space in it
  }

  /// @return false if a request under this key is being answered
  boolean begin(SubmitOptions.Idempotency once) {
    return inFlight.add(once.keyHash());
  }

  void end(SubmitOptions.Idempotency once) {
    inFlight.remove(once.keyHash());
  }
}
