package dev.taskscheduler.handlers.wire;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Hashes bytes with SHA-256.
public final class Sha256 {
  private static final int BYTES = 16;

  private Sha256() {}

  /// The first 32 hexadecimal digits, for keys and bodies.
  public static String of(byte[]... parts) {
    return HexFormat.of().formatHex(digest(parts), 0, BYTES);
  }

  /// All 32 bytes.
  public static byte[] digest(byte[]... parts) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        sha.update(part);
      }
      return sha.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
