package dev.taskscheduler.runner.http;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The keys that sign requests by the Standard Webhooks specification: HMAC-SHA256 over
/// `id.timestamp.body`. There are two keys while one replaces the other: a receiver accepts a
/// request if one signature matches a key that it knows.
///
/// @param keys none, one or two; the newer first
public record SigningKeys(List<SecretKeySpec> keys) {
  /// No keys; requests are not signed.
  public static final SigningKeys NONE = new SigningKeys(List.of());

  private static final String ALGORITHM = "HmacSHA256";
  private static final String PREFIX = "whsec_";
  private static final int MIN_BYTES = 24;
  private static final int MAX_BYTES = 64;
  private static final int MAX_KEYS = 2;
  private static final String ALLOWED =
      "one or two keys, the newer first, as whsec_ and 24 to 64 random bytes in Base64, such as of"
          + " `echo whsec_$(openssl rand -base64 32)`";

  public SigningKeys {
    keys = List.copyOf(keys);
  }

  /// Parses keys separated by commas or white space; blank for none.
  ///
  /// @throws IllegalArgumentException with the allowed form, never with a key
  public static SigningKeys parse(String text) {
    List<SecretKeySpec> keys = new ArrayList<>();
    for (String word : text.strip().split("[\\s,]+")) {
      if (!word.isEmpty()) {
        keys.add(key(word));
      }
    }
    if (keys.size() > MAX_KEYS) {
      throw new IllegalArgumentException(ALLOWED);
    }
    return new SigningKeys(keys);
  }

  @SuppressWarnings("UnusedException") // its message repeats a part of the key
  private static SecretKeySpec key(String word) {
    byte[] bytes = new byte[0];
    if (word.startsWith(PREFIX)) {
      try {
        bytes = Base64.getDecoder().decode(word.substring(PREFIX.length()));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(ALLOWED);
      }
    }
    if (bytes.length < MIN_BYTES || bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException(ALLOWED);
    }
    return new SecretKeySpec(bytes, ALGORITHM);
  }

  /// Whether a word has the form of a key.
  static boolean looksLikeKey(String word) {
    return word.startsWith(PREFIX);
  }

  /// Whether requests are not signed.
  public boolean isEmpty() {
    return keys.isEmpty();
  }

  /// The value of `webhook-signature`: one signature for each key.
  String sign(String id, long timestampSeconds, byte[] body) {
    byte[] head = (id + "." + timestampSeconds + ".").getBytes(StandardCharsets.UTF_8);
    List<String> signatures = new ArrayList<>();
    for (SecretKeySpec key : keys) {
      signatures.add("v1," + Base64.getEncoder().encodeToString(mac(key, head, body)));
    }
    return String.join(" ", signatures);
  }

  private static byte[] mac(SecretKeySpec key, byte[] head, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(head);
      return mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }

  /// The number of keys, never a key.
  @Override
  public String toString() {
    return keys.size() + " keys";
  }
}
