package dev.taskscheduler.lease;

/// The one gate that every leader passes, whichever elector nominated it. A port; Redis keeps it.
///
/// Every method blocks for a bounded time and throws [LeaseException.Unavailable] when its outcome
/// is unknown. Not to be called by threads that may be interrupted.
public interface Lease {
  /// Shows who holds the fence now.
  LeaseState look();

  /// Asks to take over. Granted when no fence stands, when its holder released it, when it shows
  /// exactly what `watched` shows (token and beat), or when this very nominee (by nonce) holds it
  /// already, so that a call whose answer was lost can be repeated; a repeated grant counts the
  /// beat up.
  ///
  /// The caller must have seen `watched` unchanged, on its own monotonic clock, for the holder's
  /// whole trust, and hand in what it watched *when that wait ended*, never what it read since.
  /// What is handed in as released passes by its release alone, so it needs no wait.
  ///
  /// @throws FenceException.Unfit if this Redis must not be led on; the message says why and what
  ///   to do
  Acquisition takeOver(LeaseRequest nominee, LeaseState watched);

  /// Counts the beat up, which tells all watchers that the holder lives.
  Beat beat(FencingToken token);

  /// Gives the fence up and tells the waiting nominees. Only to be called once the pool under
  /// `token` has ended.
  ///
  /// @return false if `token` did not hold the fence
  boolean release(FencingToken token);

  /// The answer to a beat.
  enum Beat {
    /// The holder is still who beats, and trust may be counted from the start of the call.
    COUNTED,
    /// Another took over, or the fence is gone.
    FENCED,
    /// Redis was restarted since the take-over: what it kept is uncertain, so leadership must be
    /// taken anew.
    RESTARTED
  }
}
