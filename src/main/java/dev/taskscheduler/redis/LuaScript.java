package dev.taskscheduler.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// A Lua script, which is a resource next to the class that runs it. It is read at first use: to
/// read and digest all scripts would take a tenth of a node's start.
public final class LuaScript {
  private final Class<?> owner;
  private final String name;
  private volatile @Nullable Source source;

  /// @param sha the digest for EVALSHA, in hex
  private record Source(byte[] text, byte[] sha) {}

  private LuaScript(Class<?> owner, String name) {
    this.owner = owner;
    this.name = name;
  }

  /// The script `name.lua` in the package of `owner`, after the shared functions of `_lib.lua` if
  /// the package has them.
  public static LuaScript load(Class<?> owner, String name) {
    return new LuaScript(owner, name);
  }

  private Source source() {
    Source read = source;
    if (read == null) {
      read = read(); // two threads may do so at once, with the same result
      source = read;
    }
    return read;
  }

  private Source read() {
    byte[] script = read(owner, name + ".lua");
    if (script == null) {
      throw new IllegalStateException("no script " + name + ".lua beside " + owner.getName());
    }
    byte[] library = read(owner, "_lib.lua");
    byte[] text = library == null ? script : joined(library, script);
    try {
      byte[] digest = MessageDigest.getInstance("SHA-1").digest(text);
      return new Source(text, HexFormat.of().formatHex(digest).getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] joined(byte[] library, byte[] script) {
    String both =
        new String(library, StandardCharsets.UTF_8)
            + "\n"
            + new String(script, StandardCharsets.UTF_8);
    return both.getBytes(StandardCharsets.UTF_8);
  }

  private static byte @Nullable [] read(Class<?> owner, String file) {
    try (InputStream in = owner.getResourceAsStream(file)) {
      return in == null ? null : in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The file's name without its ending.
  public String name() {
    return name;
  }

  byte[] text() {
    return source().text();
  }

  byte[] sha() {
    return source().sha();
  }
}
