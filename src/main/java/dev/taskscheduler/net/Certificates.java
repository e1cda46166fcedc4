package dev.taskscheduler.net;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;

/// Checks on the certificates of a node.
public final class Certificates {
  private Certificates() {}

  /// Whether the certificate verifies what the key signs. Without this check a pair that does not
  /// match would show only when connections fail.
  public static boolean match(PrivateKey key, X509Certificate certificate) {
    byte[] anything = {1, 2, 3};
    try {
      Signature signature =
          Signature.getInstance(
              switch (key.getAlgorithm()) {
                case "EC" -> "SHA256withECDSA";
                case "RSA" -> "SHA256withRSA";
                default -> "Ed25519";
              });
      signature.initSign(key);
      signature.update(anything);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(anything);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // of another kind
    }
  }
}
