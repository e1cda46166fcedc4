package dev.taskscheduler.schedule;

/// A hash that is the same on every node and in every version: FNV-1a of 64 bits, mixed once more.
final class StableHash {
  private static final long BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private StableHash() {}

  /// The hash of two texts.
  static long of(String name, String what) {
    return mixed(with(with(with(BASIS, name), "\0"), what));
  }

  /// The hash of a text and a number.
  static long of(String name, long number) {
    long hash = with(BASIS, name);
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      hash = (hash ^ number >>> shift & 0xff) * PRIME;
    }
    return mixed(hash);
  }

  /// Each character as two bytes, so that no encoding is asked for.
  private static long with(long basis, String text) {
    long hash = basis;
    for (int i = 0; i < text.length(); i++) {
      char letter = text.charAt(i);
      hash = (hash ^ letter & 0xff) * PRIME;
      hash = (hash ^ letter >>> Byte.SIZE) * PRIME;
    }
    return hash;
  }

  /// FNV alone leaves the low bits of like names alike (the last steps of MurmurHash3).
  private static long mixed(long hash) {
    long mixed = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ mixed >>> 33;
  }
}
