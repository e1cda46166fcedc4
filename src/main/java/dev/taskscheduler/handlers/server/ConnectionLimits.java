package dev.taskscheduler.handlers.server;

/// The limits of open client connections.
///
/// @param most in all; 0 for as many as there is memory for
/// @param perAddress from one address; 0 for half of all; an IPv6 address counts by its first 64
///   bits
public record ConnectionLimits(int most, int perAddress) {
  public ConnectionLimits {
    if (most < 0 || perAddress < 0) {
      throw new IllegalArgumentException("fewer than no connections: " + most + ", " + perAddress);
    }
  }

  /// A connection for each 128 KiB of heap, and half of all for one address.
  public static final ConnectionLimits BY_MEMORY = new ConnectionLimits(0, 0);

  /// A connection over TLS takes about so much, a plain one a third.
  private static final int CONNECTION_BYTES = 128 * 1024;

  /// Settles what was left open, which is 0.
  ///
  /// @param heapBytes the memory of the process
  /// @param files that may be open for clients
  public ConnectionLimits within(long heapBytes, int files) {
    long wanted = most == 0 ? Math.max(1, heapBytes / CONNECTION_BYTES) : most;
    int all = (int) Math.min(wanted, files);
    return new ConnectionLimits(all, perAddress == 0 ? Math.ceilDiv(all, 2) : perAddress);
  }
}
