package dev.taskscheduler.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import redis.clients.jedis.Jedis;

/// Damages keys of a namespace at random, as hands, half a restored backup or a broken disk might:
/// cuts, junk, other types, deletions, copies in other places, large values. The lease is left
/// alone.
final class RedisDamage {
  private static final String NS = "{scheduler}:";

  /// Made with another type too where there is none.
  private static final List<String> KNOWN =
      List.of(
          "ready:high:default",
          "ready:medium:default",
          "ready:low:default",
          "scheduled",
          "running",
          "done",
          "retained",
          "dead",
          "expired",
          "cancelled",
          "cancelling",
          "paused",
          "parked",
          "stale",
          "leaders");

  private static final int LARGE = 2 << 20;

  private final Jedis jedis;
  private final Random random;

  /// Ids whose records were touched.
  final Set<String> tasks = new TreeSet<>();

  /// What was done, for a test that fails.
  final List<String> done = new ArrayList<>();

  RedisDamage(Jedis jedis, Random random) {
    this.jedis = jedis;
    this.random = random;
  }

  /// Damages one key.
  void one() {
    String key = key();
    String type = jedis.type(key);
    done.add(key + " (" + type + ")");
    if (key.startsWith(NS + "task:")) {
      tasks.add(key.substring((NS + "task:").length()));
    }
    switch (random.nextInt(8)) {
      case 0 -> otherType(key);
      case 1 -> remove(key);
      default -> {
        switch (type) {
          case "string" -> string(key);
          case "list" -> list(key);
          case "hash" -> hash(key);
          case "zset" -> sortedSet(key);
          case "set" -> set(key);
          default -> otherType(key);
        }
      }
    }
  }

  private String key() {
    if (random.nextInt(3) == 0) {
      return NS + KNOWN.get(random.nextInt(KNOWN.size()));
    }
    List<String> keys =
        jedis.keys(NS + "*").stream()
            .filter(key -> !key.equals(NS + "leader") && !key.startsWith(NS + "damaged"))
            .sorted()
            .toList();
    return keys.isEmpty() ? NS + "paused" : keys.get(random.nextInt(keys.size()));
  }

  private void say(String what) {
    done.set(done.size() - 1, done.getLast() + " " + what);
  }

  private void otherType(String key) {
    say("is of another type now");
    String was = jedis.type(key);
    jedis.del(key);
    switch (random.nextInt(3)) {
      case 0 -> jedis.setex(key, 3600, "junk");
      case 1 -> jedis.hset(key, "junk", "junk");
      default -> {
        if (was.equals("set")) {
          jedis.lpush(key, "junk");
        } else {
          jedis.sadd(key, "junk");
        }
      }
    }
  }

  private void remove(String key) {
    say("is removed");
    jedis.del(key);
  }

  private byte[] junk() {
    byte[] junk = new byte[random.nextInt(20) == 0 ? LARGE : 1 + random.nextInt(40)];
    random.nextBytes(junk);
    return junk;
  }

  private void string(String key) {
    byte[] name = key.getBytes(UTF_8);
    byte[] value = jedis.get(name);
    switch (random.nextInt(5)) {
      case 0 -> {
        say("is cut");
        jedis.set(name, Arrays.copyOf(value, random.nextInt(value.length + 1)));
      }
      case 1 -> {
        say("has junk in it");
        byte[] junk = junk();
        int at = random.nextInt(Math.min(80, value.length));
        jedis.setrange(name, at, junk);
      }
      case 2 -> {
        say("has one other byte");
        value[random.nextInt(Math.min(64, value.length))] = (byte) random.nextInt(256);
        jedis.set(name, value);
      }
      case 3 -> {
        say("is large");
        jedis.append(name, new byte[LARGE]);
      }
      default -> swap(key);
    }
  }

  private void swap(String key) {
    List<String> others = jedis.keys(NS + "task:*").stream().sorted().toList();
    String other = others.isEmpty() ? key : others.get(random.nextInt(others.size()));
    if (!jedis.type(other).equals("string")) {
      remove(key);
      return;
    }
    say("and " + other + " are swapped");
    byte[] one = jedis.get(key.getBytes(UTF_8));
    byte[] two = jedis.get(other.getBytes(UTF_8));
    jedis.set(key.getBytes(UTF_8), two);
    jedis.set(other.getBytes(UTF_8), one);
    if (other.startsWith(NS + "task:")) {
      tasks.add(other.substring((NS + "task:").length()));
    }
  }

  private void list(String key) {
    byte[] name = key.getBytes(UTF_8);
    switch (random.nextInt(4)) {
      case 0 -> {
        say("has junk at its left");
        jedis.lpush(name, junk());
      }
      case 1 -> {
        say("has junk at its right");
        jedis.rpush(name, junk());
      }
      case 2 -> {
        say("has lost one");
        jedis.lpop(key);
      }
      default -> {
        say("has one twice");
        String one = jedis.lindex(key, random.nextInt((int) jedis.llen(key)));
        jedis.rpush(key, one);
      }
    }
  }

  private void hash(String key) {
    byte[] name = key.getBytes(UTF_8);
    List<String> fields = jedis.hkeys(key).stream().sorted().toList();
    String field = fields.get(random.nextInt(fields.size()));
    switch (random.nextInt(4)) {
      case 0 -> {
        say("has a junk field");
        jedis.hset(name, junk(), junk());
      }
      case 1 -> {
        say("has junk for " + field);
        jedis.hset(name, field.getBytes(ISO_8859_1), junk());
      }
      case 2 -> {
        say("has nothing for " + field);
        jedis.hset(key, field, "");
      }
      default -> {
        say("has lost " + field);
        jedis.hdel(key, field);
      }
    }
  }

  private void sortedSet(String key) {
    byte[] name = key.getBytes(UTF_8);
    double[] scores = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e300, -1e300, 0, 0.5};
    double score = scores[random.nextInt(scores.length)];
    if (random.nextBoolean()) {
      say("has junk at " + score);
      jedis.zadd(name, score, junk());
    } else {
      List<String> members = jedis.zrange(key, 0, -1);
      String member = members.get(random.nextInt(members.size()));
      say("has " + member + " at " + score);
      jedis.zadd(key, score, member);
    }
  }

  private void set(String key) {
    say("has a junk member");
    jedis.sadd(key.getBytes(UTF_8), random.nextBoolean() ? junk() : new byte[0]);
  }
}
