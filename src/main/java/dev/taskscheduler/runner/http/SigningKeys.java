package dev.taskscheduler.runner.http;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The keys that requests are signed with, as the Standard Webhooks specification has it:
/// HMAC-SHA256 over `id.timestamp.body`. Two while one replaces the other: a receiver accepts a
/// request if one of its signatures fits a key that it knows.
///
/// @param keys none, one or two; the newer first
public record SigningKeys(List<SecretKeySpec> keys) {
  /// None: requests are not signed.
  public static final SigningKeys NONE = new SigningKeys(List.of());

  private static final String ALGORITHM = "HmacSHA256";
  private static final String PREFIX = "whsec_";
  private static final int LEAST_BYTES = 24;
  private static final int MOST_BYTES = 64;
  private static final int MOST_KEYS = 2;
  private static final String ALLOWED =
      "one or two keys, the newer first, as whsec_ and 24 to 64 random bytes in Base64, such as of"
          + " `echo whsec_$(openssl rand -base64 32)`";

  public SigningKeys {
    keys = List.copyOf(keys);
  }

  /// Reads keys that commas or white space separate; blank for none.
  ///
  /// @throws IllegalArgumentException that says what is allowed, and never repeats a key
  public static SigningKeys parse(String text) {
    List<SecretKeySpec> keys = new ArrayList<>();
    for (String word : text.strip().split("[\\s,]+")) {
      if (!word.isEmpty()) {
        keys.add(key(word));
      }
    }
    if (keys.size() > MOST_KEYS) {
      throw new IllegalArgumentException(ALLOWED);
    }
    return new SigningKeys(keys);
  }

  @SuppressWarnings("UnusedException") // what it says would repeat a part of the key
  private static SecretKeySpec key(String word) {
    byte[] bytes = new byte[0];
    if (word.startsWith(PREFIX)) {
      try {
        bytes = Base64.getDecoder().decode(word.substring(PREFIX.length()));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(ALLOWED);
      }
    }
    if (bytes.length < LEAST_BYTES || bytes.length > MOST_BYTES) {
      throw new IllegalArgumentException(ALLOWED);
    }
    return new SecretKeySpec(bytes, ALGORITHM);
  }

  /// Whether a word is meant as a key.
  static boolean meant(String word) {
    return word.startsWith(PREFIX);
  }

  /// Whether requests are not signed.
  public boolean isEmpty() {
    return keys.isEmpty();
  }

  /// The value of `webhook-signature`: one signature a key.
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

  /// How many there are, never one of them.
  @Override
  public String toString() {
    return keys.size() + " keys";
  }
}
