package dev.taskscheduler.redis;

import java.util.Optional;

/// Checks, before a script that writes, that the Redis user has all rights and that the data have
/// our format; asks Redis until both were so once.
public final class Admission {
  private final Rights rights;
  private final StoreFormat format;
  private volatile boolean confirmed;

  public Admission(Redis redis, Namespace namespace) {
    rights = new Rights(redis, namespace);
    format = new StoreFormat(redis, namespace);
  }

  /// @throws RedisException.Refused that says what is wrong; Unreachable where Redis does not
  ///   answer, since the caller has done nothing yet
  public void require() {
    if (confirmed) {
      return;
    }
    try {
      Optional<String> missing = rights.missing();
      if (missing.isPresent()) {
        throw RedisException.Refused.missingRight("this user may not use " + missing.get());
      }
      Optional<String> problem = format.problemAtWrite();
      if (problem.isPresent()) {
        throw RedisException.Refused.otherFormat(problem.get());
      }
    } catch (RedisException.Unknown e) {
      throw new RedisException.Unreachable(String.valueOf(e.getMessage()), e);
    }
    confirmed = true;
  }

  /// Checks again at the next call, since a script has stopped in the middle.
  public void recheck() {
    confirmed = false;
  }
}
