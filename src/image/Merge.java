import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// Makes one jar of all libraries: `java Merge.java FOLDER JAR`. The JVM reads every jar of the class path at each start, to
/// the manifest of each, a tenth of the time that a start takes. What each came with stays in it: pom.properties, by which
/// scanners know it, and, of names that more than one has, each under `META-INF/libraries/`, where a list names all.
/// See docs/adr/0022-one-jar-and-a-health-check-in-c.md for why no plug-in does it.
final class Merge {
  private static final String LIST = "META-INF/libraries/list";
  private static final long SAME_TIME = 0; // the same jars make the same jar

  /// Parts of the libraries that no node needs, by what an entry's path begins with; each name is read at each start, and each
  /// class is one more that may have a fault. What else of a library refers to them is never loaded.
  private static final Map<String, String> UNNEEDED = unneeded();

  private final Map<String, byte[]> entries = new LinkedHashMap<>();

  public static void main(String[] args) throws IOException {
    Merge merge = new Merge();
    List<Path> jars;
    try (Stream<Path> files = Files.list(Path.of(args[0]))) {
      jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    }
    for (Path jar : jars) {
      merge.add(jar);
    }
    try (OutputStream out = Files.newOutputStream(Path.of(args[1]))) {
      merge.write(out);
    }
  }

  private void add(Path file) throws IOException {
    String name = file.getFileName().toString();
    append(LIST, (name + "\n").getBytes());
    try (JarFile jar = new JarFile(file.toFile(), true, ZipFile.OPEN_READ, Runtime.version())) {
      for (JarEntry entry : jar.versionedStream().toList()) { // of classes for several releases, those for this one
        if (!entry.isDirectory() && isKept(entry.getName())) {
          add(name, entry.getName(), jar.getInputStream(entry).readAllBytes());
        }
      }
    }
  }

  private static Map<String, String> unneeded() {
    String ratis = "org/apache/ratis/";
    String google = ratis + "thirdparty/com/google/";
    String netty = ratis + "thirdparty/io/netty/";
    Map<String, String> reasons = new LinkedHashMap<>();
    reasons.put("META-INF/native/", "the node uses NIO and the JDK's TLS: these are transports and BoringSSL for five platforms");
    reasons.put("META-INF/native-image/", "of GraalVM alone");
    for (String part :
        List.of(
            "io.netty/netty-codec-", "io.netty/netty-resolver-", "io.netty/netty-transport-native-", "io.netty/netty-transport-classes-kqueue",
            "io.netty/netty-tcnative-boringssl", "com.google.code.gson/", "com.google.android/")) {
      reasons.put("META-INF/maven/" + part, "by it a scanner would find what is not there");
    }
    reasons.put("META-INF/services/" + ratis.replace('/', '.') + "thirdparty.io.grpc", "services of gRPC");
    reasons.put(ratis + "thirdparty/io/grpc/", "members speak Ratis's Netty protocol");
    reasons.put(ratis + "thirdparty/io/perfmark/", "of gRPC");
    reasons.put(ratis + "proto/grpc/", "stubs of gRPC");
    reasons.put(ratis + "proto/FileTransferExampleServiceGrpc", "an example by gRPC");
    reasons.put(google + "gson/", "of gRPC and protobuf's JSON");
    reasons.put(google + "protobuf/util/", "protobuf as JSON");
    reasons.put(google + "protobuf/compiler/", "of protoc's plug-ins");
    reasons.put(netty + "channel/kqueue/", "of macOS and BSD");
    reasons.put(netty + "resolver/dns/", "names are looked up by the JDK");
    reasons.put(netty + "handler/pcap/", "records traffic");
    reasons.put(netty + "handler/proxy/", "members speak to each other without a proxy");
    for (String protocol :
        List.of("http", "rtsp/", "dns/", "haproxy/", "memcache/", "mqtt/", "redis/", "smtp/", "socks", "spdy/", "stomp/", "xml/")) {
      reasons.put(netty + "handler/codec/" + protocol, "another protocol than Ratis's");
    }
    return reasons;
  }

  private static boolean isKept(String path) {
    return UNNEEDED.keySet().stream().noneMatch(path::startsWith)
        && !path.equals(JarFile.MANIFEST_NAME)
        && !path.endsWith("module-info.class") // all is on the class path
        && !path.matches("META-INF/[^/]*\\.(SF|RSA|DSA|EC)|META-INF/INDEX\\.LIST");
  }

  private void add(String jar, String path, byte[] content) {
    byte[] before = entries.get(path);
    if (path.startsWith("META-INF/services/")) {
      append(path, content);
    } else if (before == null) {
      entries.put(path, content);
    } else if (!Arrays.equals(before, content)) {
      if (path.endsWith(".class")) {
        throw new IllegalStateException("two of one name, not the same: " + path + ", the second in " + jar);
      }
      entries.put("META-INF/libraries/" + jar + "/" + path, content);
    }
  }

  /// With an end of line after each, for the last line may have none.
  private void append(String path, byte[] content) {
    entries.merge(path, content, (before, more) -> (new String(before) + "\n" + new String(more)).replace("\n\n", "\n").getBytes());
  }

  private void write(OutputStream out) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    try (JarOutputStream jar = new JarOutputStream(out)) {
      jar.putNextEntry(dated(JarFile.MANIFEST_NAME));
      manifest.write(jar);
      for (String path : new TreeSet<>(entries.keySet())) {
        jar.putNextEntry(dated(path));
        jar.write(entries.get(path));
      }
    }
  }

  private static ZipEntry dated(String path) {
    ZipEntry entry = new ZipEntry(path);
    entry.setTime(SAME_TIME);
    return entry;
  }
}
