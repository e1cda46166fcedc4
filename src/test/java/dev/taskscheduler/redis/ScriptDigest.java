package dev.taskscheduler.redis;

import java.nio.charset.StandardCharsets;

/// The digest by which a script is called.
public final class ScriptDigest {
  private ScriptDigest() {}

  /// @param owner a class in the package of the script
  public static String of(Class<?> owner, String name) {
    return new String(LuaScript.load(owner, name).sha(), StandardCharsets.US_ASCII);
  }
}
