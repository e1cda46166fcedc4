package dev.taskscheduler.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A Lua script that lies as a resource beside the class that runs it.
public final class LuaScript {
  private final String name;
  private final byte[] text;
  private final byte[] sha;

  private LuaScript(String name, byte[] text) {
    this.name = name;
    this.text = text;
    try {
      byte[] digest = MessageDigest.getInstance("SHA-1").digest(text); // what EVALSHA asks for
      this.sha = HexFormat.of().formatHex(digest).getBytes(StandardCharsets.US_ASCII);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Reads `name.lua` from the package of `owner`, behind the shared functions of `_lib.lua` where
  /// `owner` has such.
  public static LuaScript load(Class<?> owner, String name) {
    byte[] script = read(owner, name + ".lua");
    if (script == null) {
      throw new IllegalStateException("no script " + name + ".lua beside " + owner.getName());
    }
    byte[] library = read(owner, "_lib.lua");
    if (library == null) {
      return new LuaScript(name, script);
    }
    String both =
        new String(library, StandardCharsets.UTF_8)
            + "\n"
            + new String(script, StandardCharsets.UTF_8);
    return new LuaScript(name, both.getBytes(StandardCharsets.UTF_8));
  }

  private static byte @org.jspecify.annotations.Nullable [] read(Class<?> owner, String file) {
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
    return text;
  }

  byte[] sha() {
    return sha;
  }
}
