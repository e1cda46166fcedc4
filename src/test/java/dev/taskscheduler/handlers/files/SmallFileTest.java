package dev.taskscheduler.handlers.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.NamedPipe;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What stands where a file of configuration is expected.
@Timeout(20)
class SmallFileTest {
  private static final Duration SHORT = Duration.ofMillis(100);

  @TempDir Path folder;

  private static String why(Path path) {
    return assertInstanceOf(SmallFile.Unreadable.class, SmallFile.read(path)).why();
  }

  @Test
  void only_a_regular_file_is_opened() throws Exception {
    Path pipe = folder.resolve("pipe");
    NamedPipe.make(pipe);
    Path socket = folder.resolve("socket");
    try (ServerSocketChannel open = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      open.bind(UnixDomainSocketAddress.of(socket));
      for (Path odd :
          new Path[] {
            pipe,
            socket,
            Path.of("/dev/zero"),
            Files.createSymbolicLink(folder.resolve("link"), pipe)
          }) {
        assertTrue(why(odd).contains("no regular file"), why(odd));
      }
    }
    assertTrue(why(folder).contains("directory"), why(folder));
    assertTrue(why(folder.resolve("none")).contains("none"));
  }

  @Test
  void a_huge_file_is_not_read_to_its_end() throws IOException {
    Path huge = folder.resolve("huge");
    try (RandomAccessFile file = new RandomAccessFile(huge.toFile(), "rw")) {
      file.setLength(1L << 36); // sparse
    }
    assertTrue(why(huge).contains("larger than 1 MiB"), why(huge));
  }

  /// A pipe that takes the place of a file after it was looked at: opening it hangs.
  @Test
  void a_read_that_hangs_holds_nobody_up_and_the_file_that_comes_after_it_is_read()
      throws Exception {
    Path path = folder.resolve("file");
    NamedPipe.make(path);
    AtomicInteger opened = new AtomicInteger();
    for (int i = 0; i < BoundedRead.MOST_THREADS + 3; i++) {
      SmallFile read = BoundedRead.read(path, SHORT, file -> open(file, opened));
      assertInstanceOf(SmallFile.Unreadable.class, read);
      if (i == 0) { // with one that hangs, another file at the path is read
        SmallFile other =
            BoundedRead.read(
                path, SmallFile.LONGEST_READ, file -> new SmallFile.Content(file, "new"));
        assertEquals(new SmallFile.Content(path, "new"), other);
      }
    }
    assertEquals(BoundedRead.MOST_THREADS, opened.get());
    Files.newOutputStream(path).close(); // lets all go that wait for a writer
    Eventually.await(
        "read again",
        () ->
            BoundedRead.read(
                    path, SmallFile.LONGEST_READ, file -> new SmallFile.Content(file, "now"))
                .equals(new SmallFile.Content(path, "now")));
  }

  private static SmallFile open(Path file, AtomicInteger opened) {
    opened.incrementAndGet();
    try (InputStream in = Files.newInputStream(file)) {
      return new SmallFile.Content(file, String.valueOf(in.read()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
