package dev.taskscheduler.handlers.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.handlers.files.FileError;
import dev.taskscheduler.testing.TestIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsIdentityTest {
  private static TestIdentity rsa;
  private static TestIdentity ec;

  @TempDir Path folder;

  private Path certificate;
  private Path key;

  @BeforeAll
  static void make(@TempDir Path folder) throws Exception {
    rsa = TestIdentity.make(folder, "RSA", "a");
    ec = TestIdentity.make(folder, "EC", "b", "-signer", "a");
  }

  @BeforeEach
  void write() throws Exception {
    certificate = folder.resolve("tls.crt");
    key = folder.resolve("tls.key");
    rsa.write(certificate, key);
  }

  private TlsIdentity.Invalid faulty() {
    return assertInstanceOf(TlsIdentity.Invalid.class, TlsIdentity.read(certificate, key));
  }

  private TlsIdentity.Valid sound() {
    return assertInstanceOf(TlsIdentity.Valid.class, TlsIdentity.read(certificate, key));
  }

  @Test
  void a_chain_and_its_key_of_either_kind_are_taken() throws Exception {
    assertEquals(rsa.chain(), sound().chain());
    ec.write(certificate, key);
    assertEquals(2, sound().chain().size());
    assertEquals(ec.chain(), sound().chain());
    Files.writeString(certificate, "subject: b\n" + ec.certificatePem());
    assertEquals(ec.chain(), sound().chain());
  }

  @Test
  void a_chain_that_does_not_hold_together_is_a_fault() throws Exception {
    ec.write(certificate, key);
    String own = ec.certificatePem().substring(0, ec.certificatePem().indexOf("-----END") + 26);
    Files.writeString(certificate, own + another().certificatePem());
    String said = faulty().certificate().toString();
    assertTrue(said.contains("each signed by the next"), said);
    assertEquals(List.of(), faulty().key());
  }

  @Test
  void a_key_of_another_certificate_is_a_fault() throws Exception {
    for (String other : List.of(ec.keyPem(), another().keyPem())) {
      Files.writeString(key, other);
      assertEquals(List.of(), faulty().certificate());
      String said = faulty().key().toString();
      assertTrue(said.contains("the private key of the first certificate in " + certificate), said);
    }
  }

  private TestIdentity another() throws Exception {
    return TestIdentity.make(folder, "RSA", "another");
  }

  @Test
  void faults_of_both_are_told_at_once_and_nothing_of_what_stands_there() throws IOException {
    Files.writeString(certificate, "geheim");
    Files.delete(key);
    assertTrue(faulty().certificate().toString().contains("BEGIN CERTIFICATE"));
    assertTrue(faulty().key().toString().contains("there is none at this path"));
    for (String text :
        List.of(
            "",
            "geheim\n",
            rsa.keyPem().replace("PRIVATE KEY", "EC PRIVATE KEY"),
            "-----BEGIN PRIVATE KEY-----\ngeheim=\n-----END PRIVATE KEY-----\n",
            "-----BEGIN PRIVATE KEY-----\nZ2VoZWlt\n-----END PRIVATE KEY-----\n",
            "-----BEGIN PRIVATE KEY-----\ngeheim")) {
      Files.writeString(key, text);
      List<FileError> faults = faulty().faults();
      assertEquals(2, faults.size(), text);
      assertEquals(key.toString(), faults.getLast().where());
      assertTrue(faults.getLast().allowed().contains("PKCS#8"), text);
      assertFalse(faults.toString().contains("geheim"), text);
    }
  }

  @Test
  void a_broken_certificate_is_a_fault() throws IOException, GeneralSecurityException {
    for (String text : List.of("", rsa.certificatePem().replaceFirst("MI", "XX"), rsa.keyPem())) {
      Files.writeString(certificate, text);
      assertEquals(1, faulty().certificate().size(), text);
      assertEquals(List.of(), faulty().key(), text);
    }
  }

  @Test
  void the_key_does_not_show_in_text() {
    assertFalse(sound().toString().contains("PRIVATE"), sound().toString());
    assertFalse(new Transport.Encrypted(sound()).toString().contains("PRIVATE"));
  }
}
