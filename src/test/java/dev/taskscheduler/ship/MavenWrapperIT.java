package dev.taskscheduler.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The real `mvnw` against a server of the test's own, which gives it something to run.
class MavenWrapperIT {
  private static final String NAME = "apache-maven-9.9.9";
  private static final Path WRAPPER = Path.of(".mvn/wrapper/maven-wrapper.properties");

  @TempDir private Path folder;
  private HttpServer server;
  private byte[] archive;

  @BeforeEach
  void serve() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry(NAME + "/bin/mvn"));
      zip.write("#!/bin/sh\necho it ran\n".getBytes(StandardCharsets.UTF_8));
    }
    archive = bytes.toByteArray();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, archive.length);
          exchange.getResponseBody().write(archive);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private record Ended(int status, String said) {}

  private Ended run(String sum) throws Exception {
    Path wrapper = Files.createDirectories(folder.resolve("project/.mvn/wrapper"));
    Files.copy(Path.of("mvnw"), folder.resolve("project/mvnw"));
    Files.copy(Path.of(".mvn/jdk.sh"), folder.resolve("project/.mvn/jdk.sh"));
    Files.writeString(
        wrapper.resolve(WRAPPER.getFileName()),
        "distributionUrl=http://127.0.0.1:"
            + server.getAddress().getPort()
            + "/"
            + NAME
            + "-bin.zip\ndistributionSha256Sum="
            + sum
            + "\ndistributionTarGzSha256Sum="
            + sum
            + "\n");
    ProcessBuilder builder =
        new ProcessBuilder("sh", folder.resolve("project/mvnw").toString(), "-v")
            .redirectErrorStream(true);
    builder.environment().put("MAVEN_USER_HOME", folder.resolve("home").toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().remove("MVNW_REPOURL");
    builder.environment().remove("MVNW_USERNAME");
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    return new Ended(process.exitValue(), said);
  }

  @Test
  void an_archive_of_another_sum_is_neither_kept_nor_run() throws Exception {
    Ended ended = run("0".repeat(64));
    assertNotEquals(0, ended.status());
    assertTrue(ended.said().contains("SHA-256"), ended.said());
    assertFalse(ended.said().contains("it ran"), ended.said());
    Path kept = folder.resolve("home/wrapper/dists/" + NAME);
    if (Files.exists(kept)) {
      try (var files = Files.list(kept)) {
        assertEquals(0, files.count());
      }
    }
  }

  /// Where there is no unzip the wrapper unpacks by tar, which reads no zip: it then ends behind
  /// the sum, which is what matters here.
  @Test
  void an_archive_of_the_right_sum_is_taken() throws Exception {
    Ended ended =
        run(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(archive)));
    assertFalse(ended.said().contains("SHA-256"), ended.said());
  }

  @Test
  void this_project_names_both_sums() throws IOException {
    Properties wrapper = new Properties();
    try (var in = Files.newBufferedReader(WRAPPER)) {
      wrapper.load(in);
    }
    for (String key : new String[] {"distributionSha256Sum", "distributionTarGzSha256Sum"}) {
      assertTrue(wrapper.getProperty(key, "").matches("[0-9a-f]{64}"), key);
    }
    assertTrue(wrapper.getProperty("distributionUrl").startsWith("https://"));
  }
}
