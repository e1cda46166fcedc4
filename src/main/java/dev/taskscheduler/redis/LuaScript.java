package dev.taskscheduler.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A Lua script, which is a resource next to the class that runs it. It is read at first use: to
/// read and digest all scripts would take a tenth of a node's start.
public final class LuaScript {
  private static final Pattern INCLUDES = Pattern.compile("(?m)^-- include: (.+)$");

  private final Class<?> owner;
  private final String name;
  private volatile @Nullable Source source;

  /// @param sha the digest for EVALSHA, in hex
  private record Source(byte[] text, byte[] sha) {}

  private LuaScript(Class<?> owner, String name) {
    this.owner = owner;
    this.name = name;
  }

  /// The script `name.lua` in the package of `owner`, after what it uses of the files that its line
  /// `-- include:` names, which are in `/lua`.
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
    String script =
        read(name + ".lua")
            .orElseThrow(() ->
                new IllegalStateException("no script " + name + ".lua beside " + owner.getName()));
    StringBuilder files = new StringBuilder();
    Matcher includes = INCLUDES.matcher(script);
    if (includes.find()) {
      for (String file : includes.group(1).split(", ")) {
        files.append(
            read("/lua/" + file + ".lua")
                .orElseThrow(() ->
                    new IllegalStateException(
                        name + ".lua includes " + file + ".lua, which is not there")));
      }
    }
    String used = new LuaDefinitions(files.toString()).usedBy(script);
    byte[] text = (used + script).getBytes(StandardCharsets.UTF_8);
    try {
      byte[] digest = MessageDigest.getInstance("SHA-1").digest(text);
      return new Source(text, HexFormat.of().formatHex(digest).getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private Optional<String> read(String file) {
    try (InputStream in = owner.getResourceAsStream(file)) {
      return in == null
          ? Optional.empty()
          : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
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
