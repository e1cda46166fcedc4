package dev.taskscheduler.leader.raft;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The authentication code after each frame of one direction of a connection. It is HMAC-SHA256
/// over the frame's number and bytes, so that no frame can be changed, left out, repeated or moved.
final class FrameSeal {
  private static final String ALGORITHM = "HmacSHA256";

  /// No code at all.
  static final FrameSeal NONE = new FrameSeal(Optional.empty());

  private final Optional<Mac> mac;
  private long number;

  private FrameSeal(Optional<Mac> mac) {
    this.mac = mac;
  }

  /// @param key of this direction of this connection alone
  static FrameSeal of(byte[] key) {
    return new FrameSeal(Optional.of(mac(key)));
  }

  static byte[] hmac(byte[] key, byte[]... parts) {
    Mac mac = mac(key);
    for (byte[] part : parts) {
      mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
      mac.update(part);
    }
    return mac.doFinal();
  }

  private static Mac mac(byte[] key) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return mac;
    } catch (GeneralSecurityException e) { // every Java has it
      throw new IllegalStateException(e);
    }
  }

  /// Bytes of a code.
  int size() {
    return mac.map(Mac::getMacLength).orElse(0);
  }

  /// The code of the next frame.
  byte[] next(byte[] frame) {
    if (mac.isEmpty()) {
      return new byte[0];
    }
    Mac code = mac.get();
    code.update(ByteBuffer.allocate(Long.BYTES).putLong(number++).array());
    code.update(frame);
    return code.doFinal();
  }
}
