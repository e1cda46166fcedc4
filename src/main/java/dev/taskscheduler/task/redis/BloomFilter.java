package dev.taskscheduler.task.redis;

import java.util.function.LongSupplier;

/// A Bloom filter of 24 bits an id and ten places each. It may take an unknown id for a known one:
/// about twenty of a million ids at the end, and about two while it fills. A new seed takes others
/// for one another.
///
/// Where there are more ids than its memory is good for, it is about a part of them, which the seed
/// chooses: see [#covers].
final class BloomFilter {
  private static final int BITS_AN_ID = 24;
  private static final int PLACES = 10;
  private static final long MOST_BITS = 1L << 26; // 8 MiB
  private static final long LEAST_BITS = 1L << 10;

  private final long seed;
  private final long parts;
  private final long[] bits;

  /// @param expected how many ids there are, about
  /// @param seeds where the seed comes from
  BloomFilter(long expected, LongSupplier seeds) {
    seed = seeds.getAsLong();
    long wanted = Math.max(expected * BITS_AN_ID, LEAST_BITS);
    parts = (wanted + MOST_BITS - 1) / MOST_BITS;
    bits = new long[(int) ((wanted / parts + 63) / 64)];
  }

  /// Whether this filter is about an id at all.
  boolean covers(String id) {
    return parts == 1 || Long.remainderUnsigned(hash(id, ~seed), parts) == 0;
  }

  /// Adds an id.
  ///
  /// @return false if it was there already, or is taken for one that was
  boolean add(String id) {
    boolean added = false;
    long hash = hash(id, seed);
    long step = mixed(hash) | 1;
    for (int i = 0; i < PLACES; i++) {
      int place = place(hash);
      long bit = 1L << hash;
      added |= (bits[place] & bit) == 0;
      bits[place] |= bit;
      hash += step;
    }
    return added;
  }

  boolean mayContain(String id) {
    long hash = hash(id, seed);
    long step = mixed(hash) | 1;
    for (int i = 0; i < PLACES; i++) {
      if ((bits[place(hash)] & 1L << hash) == 0) {
        return false;
      }
      hash += step;
    }
    return true;
  }

  /// The word comes from a hash's high bits, the bit in it from its low ones.
  private int place(long hash) {
    return (int) Math.unsignedMultiplyHigh(hash, bits.length);
  }

  private static long hash(String id, long seed) {
    long hash = seed;
    for (int i = 0; i < id.length(); i++) {
      hash = (hash ^ id.charAt(i)) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 29;
    }
    return mixed(hash);
  }

  /// The end of SplitMix64 (Steele, Lea, Flood 2014): each bit depends on all.
  private static long mixed(long value) {
    long mixed = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
    return mixed ^ mixed >>> 31;
  }
}
