package dev.taskscheduler.leader.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/// The data directory of a member, locked by this process while it is open.
///
/// It holds the votes and the short log of one member of one group, and nothing else: whatever
/// becomes of it, no task is lost, and the lease admits one leader. So what cannot be read any more
/// is set aside, and the member starts again as an empty one.
final class RaftDirectory implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(RaftDirectory.class.getName());
  private static final String OWNER = "owner";
  private static final String ASIDE = "set-aside-";
  private static final String PROBE = "write-probe";

  /// As much as a member needs to go on: a new segment of its log, its votes, a snapshot.
  private static final int PROBE_BYTES = 128 * 1024;

  private final Path root;
  private final Path group;
  private final FileChannel lock;

  private RaftDirectory(Path root, Path group, FileChannel lock) {
    this.root = root;
    this.group = group;
    this.lock = lock;
  }

  /// Takes the directory for this process, and makes it if there is none.
  ///
  /// @throws IllegalStateException saying what to do, if it cannot be written, another process has
  ///   it, or it is another node's or another cluster's
  static RaftDirectory open(RaftConfig config) {
    Path root = config.dataDir();
    try {
      Files.createDirectories(root);
      FileChannel lock =
          FileChannel.open(
              root.resolve(OWNER),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      try {
        take(lock, root);
        refuseOtherGroups(root, config);
        own(lock, root, config);
        return new RaftDirectory(root, root.resolve(config.groupId().toString()), lock);
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new IllegalStateException(
          "RAFT_DATA_DIR " + root + " cannot be used: " + reason(e) + ".", e);
    }
  }

  private static String reason(IOException e) {
    if (e instanceof FileSystemException file && file.getReason() == null) {
      return e.getClass().getSimpleName() + " " + file.getFile();
    }
    return String.valueOf(e.getMessage());
  }

  private static void take(FileChannel lock, Path root) throws IOException {
    boolean taken;
    try {
      taken = lock.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      taken = false;
    }
    if (!taken) {
      throw new IllegalStateException(
          "RAFT_DATA_DIR " + root + " is in use by another process: give each node its own.");
    }
  }

  private static void refuseOtherGroups(Path root, RaftConfig config) throws IOException {
    try (Stream<Path> inside = Files.list(root)) {
      List<String> others =
          inside
              .filter(Files::isDirectory)
              .map(path -> path.getFileName().toString())
              .filter(name -> isGroup(name) && !name.equals(config.groupId().toString()))
              .toList();
      if (!others.isEmpty()) {
        throw new IllegalStateException(
            ("RAFT_DATA_DIR %s holds the data of another cluster than REDIS_NAMESPACE %s "
                    + "names: use another directory, or empty this one.")
                .formatted(root, config.group()));
      }
    }
  }

  private static boolean isGroup(String name) {
    try {
      return UUID.fromString(name).toString().equals(name);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /// The file that is locked says whose the directory is.
  private static void own(FileChannel lock, Path root, RaftConfig config) throws IOException {
    String owner = Files.readString(root.resolve(OWNER)).strip();
    if (!owner.isEmpty() && !owner.equals(config.node())) {
      throw new IllegalStateException(
          "RAFT_DATA_DIR %s belongs to node %s, and NODE_ID is %s: use another directory, or empty this one."
              .formatted(root, owner, config.node()));
    }
    if (owner.isEmpty()) {
      lock.write(StandardCharsets.UTF_8.encode(config.node() + "\n"));
      lock.force(true);
    }
  }

  /// Proves that a member could go on writing here.
  ///
  /// @throws IOException saying why it could not
  void proveWritable() throws IOException {
    Path probe = root.resolve(PROBE);
    try {
      try (FileChannel channel =
          FileChannel.open(
              probe,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.allocate(PROBE_BYTES);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      } finally {
        Files.deleteIfExists(probe);
      }
    } catch (IOException e) {
      throw new IOException("RAFT_DATA_DIR " + root + " cannot be written: " + reason(e), e);
    }
  }

  /// Whether the directory itself is still there.
  boolean exists() {
    return Files.isDirectory(root);
  }

  /// Whether a member has been here before.
  boolean hasData() {
    return Files.exists(group.resolve("current").resolve("raft-meta"));
  }

  /// Sets aside what is plainly half-written: a log without the votes that go with it.
  void check() throws IOException {
    Path current = group.resolve("current");
    Path meta = current.resolve("raft-meta");
    if (Files.exists(meta) ? Files.size(meta) == 0 : hasFiles(current)) {
      setAside("raft-meta is missing or empty");
    }
  }

  private static boolean hasFiles(Path current) throws IOException {
    try (Stream<Path> files = Files.list(current)) {
      return files.anyMatch(file -> file.getFileName().toString().startsWith("log"));
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /// Moves the data out of the way, in the place of what was set aside before.
  void setAside(String why) throws IOException {
    Path aside = root.resolve(ASIDE + group.getFileName());
    delete(aside);
    Files.move(group, aside);
    LOG.log(
        System.Logger.Level.WARNING,
        () ->
            "raft data damaged, set aside; starts as an empty member to=" + aside + " why=" + why);
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Override
  public void close() {
    try {
      lock.close(); // and with it the lock
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "raft directory did not close", e);
    }
  }
}
