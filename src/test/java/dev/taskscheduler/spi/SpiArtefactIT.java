package dev.taskscheduler.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

/// Checks the artefact `task-scheduler-spi` that the build leaves in `target`, and that the sample
/// compiles with nothing else on its class path. Needs no network.
class SpiArtefactIT {
  private static final int JAVA_17 = 61;
  private static final Path SOURCES = Path.of("src/main/java/dev/taskscheduler/spi");
  private static final Path SAMPLE = Path.of("docs/samples/runner");
  private static final Pattern PACKAGED =
      Pattern.compile("dev/taskscheduler/spi/[^/]+|META-INF/(MANIFEST.MF|LICENSE)");

  @Test
  void its_classes_are_for_java_17_and_there_are_no_others() throws Exception {
    Set<String> classes = new TreeSet<>();
    try (ZipFile jar = new ZipFile(jar("").toFile())) {
      for (ZipEntry entry : jar.stream().filter(entry -> !entry.isDirectory()).toList()) {
        assertTrue(PACKAGED.matcher(entry.getName()).matches(), entry.getName());
        if (entry.getName().endsWith(".class")) {
          classes.add(baseName(entry.getName(), ".class"));
          assertEquals(JAVA_17, majorVersion(jar, entry), entry.getName());
        }
      }
    }
    classes.remove("package-info");
    Set<String> sources = sources();
    sources.remove("package-info");
    assertEquals(sources, classes);
  }

  @Test
  void it_needs_only_java_base() throws Exception {
    assertEquals("java.base", output("jdeps", "--print-module-deps", jar("").toString()).strip());
  }

  @Test
  void its_sources_are_packaged() throws Exception {
    try (ZipFile jar = new ZipFile(jar("-sources").toFile())) {
      assertEquals(
          sources(),
          jar.stream()
              .filter(entry -> entry.getName().endsWith(".java"))
              .map(entry -> baseName(entry.getName(), ".java"))
              .collect(Collectors.toCollection(TreeSet::new)));
    }
  }

  @Test
  void its_pom_has_the_version_of_the_project_and_no_dependency() throws Exception {
    Element pom = pom(Path.of("src/spi/pom.xml"));
    assertEquals("dev.taskscheduler", text(pom, "groupId"));
    assertEquals("task-scheduler-spi", text(pom, "artifactId"));
    assertEquals(version(), text(pom, "version"));
    assertEquals(0, pom.getElementsByTagName("dependency").getLength());
    assertEquals(0, pom.getElementsByTagName("parent").getLength());
  }

  @Test
  void the_sample_depends_on_it_alone() throws Exception {
    Element pom = pom(SAMPLE.resolve("pom.xml"));
    assertEquals(1, pom.getElementsByTagName("dependency").getLength());
    Element dependency = (Element) pom.getElementsByTagName("dependency").item(0);
    assertEquals("task-scheduler-spi", text(dependency, "artifactId"));
    assertEquals(version(), text(dependency, "version"));
  }

  @Test
  void the_sample_compiles_for_java_17_without_a_warning(@TempDir Path classes) throws Exception {
    Path resources = SAMPLE.resolve("src/main/resources/META-INF/services");
    String runner = Files.readString(resources.resolve(TaskRunner.class.getName())).strip();
    String file = runner.replace('.', '/');
    output(
        "javac",
        "--release",
        "17",
        "-Xlint:all,-options",
        "-Werror",
        "-cp",
        jar("").toString(),
        "-d",
        classes.toString(),
        SAMPLE.resolve("src/main/java").resolve(file + ".java").toString());
    assertTrue(Files.exists(classes.resolve(file + ".class")), runner);
  }

  private static Path jar(String suffix) throws Exception {
    return Path.of("target/task-scheduler-spi-" + version() + suffix + ".jar");
  }

  private static String version() throws Exception {
    return text(pom(Path.of("pom.xml")), "version");
  }

  private static Element pom(Path file) throws Exception {
    return DocumentBuilderFactory.newDefaultInstance()
        .newDocumentBuilder()
        .parse(file.toFile())
        .getDocumentElement();
  }

  /// The text of the first element of that name.
  private static String text(Element parent, String name) {
    return parent.getElementsByTagName(name).item(0).getTextContent();
  }

  private static Set<String> sources() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      Set<String> sources =
          files
              .map(file -> baseName(file.toString(), ".java"))
              .collect(Collectors.toCollection(TreeSet::new));
      assertFalse(sources.isEmpty());
      return sources;
    }
  }

  private static String baseName(String path, String suffix) {
    return path.substring(path.lastIndexOf('/') + 1, path.length() - suffix.length());
  }

  private static int majorVersion(ZipFile jar, ZipEntry entry) throws IOException {
    try (DataInputStream in = new DataInputStream(jar.getInputStream(entry))) {
      in.skipNBytes(6); // the magic number and the minor version
      return in.readUnsignedShort();
    }
  }

  /// Runs a tool of the JDK, which must succeed.
  private static String output(String tool, String... arguments) {
    StringWriter output = new StringWriter();
    PrintWriter writer = new PrintWriter(output);
    int status = ToolProvider.findFirst(tool).orElseThrow().run(writer, writer, arguments);
    assertEquals(0, status, output::toString);
    return output.toString();
  }
}
