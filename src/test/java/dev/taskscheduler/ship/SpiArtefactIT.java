package dev.taskscheduler.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The artefact that authors of runners compile against, as the build made it.
class SpiArtefactIT {
  private static final int JAVA_17 = 61;
  private static final Path POM = Path.of("src/spi/pom.xml");
  private static final Path SAMPLE = Path.of("docs/samples/runner");
  private static final Pattern VERSION =
      Pattern.compile("<artifactId>task-scheduler(?:-spi)?</artifactId>\\s*<version>([^<]+)<");

  private static String version(Path pom) throws IOException {
    Matcher version = VERSION.matcher(Files.readString(pom));
    assertTrue(version.find(), pom.toString());
    return version.group(1);
  }

  private static Path jar() {
    return Path.of("target/task-scheduler-spi.jar");
  }

  @Test
  void its_classes_are_for_java_17_and_nothing_else_is_in_it() throws IOException {
    List<String> names = new ArrayList<>();
    try (JarFile jar = new JarFile(jar().toFile())) {
      for (JarEntry entry : jar.stream().filter(e -> e.getName().endsWith(".class")).toList()) {
        names.add(entry.getName());
        try (DataInputStream bytes = new DataInputStream(jar.getInputStream(entry))) {
          bytes.readInt(); // the magic number
          bytes.readUnsignedShort(); // the minor version
          assertEquals(JAVA_17, bytes.readUnsignedShort(), entry.getName());
        }
      }
    }
    assertTrue(names.contains("dev/taskscheduler/spi/TaskRunner.class"), names.toString());
    assertTrue(
        names.stream().allMatch(name -> name.startsWith("dev/taskscheduler/spi/")),
        names.toString());
  }

  @Test
  void its_pom_has_the_version_of_the_scheduler_and_no_dependencies() throws IOException {
    assertEquals(version(Path.of("pom.xml")), version(POM));
    assertEquals(version(POM), version(SAMPLE.resolve("pom.xml")));
    assertFalse(Files.readString(POM).contains("<dependenc"));
  }

  @Test
  void the_sample_compiles_against_it_alone_and_its_runner_is_found(@TempDir Path classes)
      throws Exception {
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    StringWriter errors = new StringWriter();
    Path source = SAMPLE.resolve("src/main/java/com/example/NoteRunner.java");
    List<String> options =
        List.of("--release", "17", "-cp", jar().toString(), "-d", classes.toString());
    try (var files = javac.getStandardFileManager(null, null, null)) {
      assertTrue(
          javac
              .getTask(errors, files, null, options, null, files.getJavaFileObjects(source))
              .call(),
          errors::toString);
    }
    Path services = Files.createDirectories(classes.resolve("META-INF/services"));
    String runner = "dev.taskscheduler.spi.TaskRunner";
    Files.copy(
        SAMPLE.resolve("src/main/resources/META-INF/services").resolve(runner),
        services.resolve(runner));
    URL[] path = {jar().toUri().toURL(), classes.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
      Object found = ServiceLoader.load(loader.loadClass(runner), loader).findFirst().orElseThrow();
      assertEquals("note", found.getClass().getMethod("type").invoke(found));
    }
  }
}
