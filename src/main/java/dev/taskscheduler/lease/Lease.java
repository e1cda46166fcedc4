package dev.taskscheduler.lease;

import dev.taskscheduler.spi.FencingToken;

/// The lease that every leader acquires, whichever elector nominated it. A port; Redis keeps it.
///
/// Every method blocks for a bounded time and throws [LeaseException.Unavailable] when its outcome
/// is unknown. Not to be called by threads that may be interrupted.
public interface Lease {
  /// Observes who holds the lease now.
  LeaseState observe();

  /// Asks for the lease. It is granted when no lease stands, when its holder released it, when it
  /// shows exactly what `observed` shows (token and renewals), or when this very candidate (by
  /// nonce) holds it already, so that a call whose answer was lost can be repeated; a repeated
  /// grant counts as a renewal.
  ///
  /// The caller must have seen `observed` unchanged, on its own monotonic clock, for the holder's
  /// whole trust, and hand in what it observed *when that wait ended*, never what it read since.
  /// What is handed in as released passes by its release alone, so it needs no wait.
  ///
  /// @throws LeaseException.Unfit if this Redis must not be led on; the message says why and what
  ///   to do
  Acquisition acquire(LeaseRequest request, LeaseState observed);

  /// Renews the lease: the counter of renewals grows, which shows all observers that the holder
  /// lives.
  Renewal renew(FencingToken token);

  /// Releases the lease and tells the waiting candidates. Only to be called once the pool under
  /// `token` has ended.
  ///
  /// @param why for people who ask later
  /// @return false if `token` did not hold the lease
  boolean release(FencingToken token, Reason why);

  /// Releases it for no reason that is known.
  default boolean release(FencingToken token) {
    return release(token, Reason.RELEASED);
  }

  /// The reason of a release.
  enum Reason {
    /// The node stopped.
    STOPPED,
    /// A person asked the node to resign.
    RESIGNED,
    /// The elector nominated another node, or the work did not begin.
    RELEASED
  }

  /// The answer to a renewal.
  enum Renewal {
    /// The token still holds the lease; trust may be counted from the start of the call.
    RENEWED,
    /// Another node acquired the lease, or the lease is gone.
    FENCED,
    /// Redis was restarted since the lease was acquired: what it kept is uncertain, so the lease
    /// must be acquired anew.
    RESTARTED
  }
}
