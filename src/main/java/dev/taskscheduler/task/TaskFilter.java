package dev.taskscheduler.task;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// The filter of a list of tasks; what is empty asks for nothing.
///
/// @param states any of these; none asks for any state
/// @param submittedSince this time or later
/// @param submittedBefore earlier than this
/// @param words what they are to have besides
/// @param newest whether what came last into its state comes first
/// @param limit tasks on a page at the most, 1 to 500
public record TaskFilter(
    Set<StateName> states,
    Optional<Priority> priority,
    Optional<String> type,
    Optional<String> queue,
    Optional<Instant> submittedSince,
    Optional<Instant> submittedBefore,
    Words words,
    boolean newest,
    int limit) {
  public static final int USUAL_LIMIT = 50;
  public static final int MOST = 500;

  /// Words that are looked for in records.
  ///
  /// @param tag one of its tags
  /// @param uniqueKeyHash of its unique key, hexadecimal, 32 digits
  /// @param error a part of its last error, in any case of the letters a to z
  /// @param id the beginning of its id, or all of it
  public record Words(
      Optional<String> tag,
      Optional<String> uniqueKeyHash,
      Optional<String> error,
      Optional<String> id) {
    /// Asks for no word.
    public static final Words NONE =
        new Words(Optional.empty(), Optional.empty(), Optional.empty());

    /// Asks for no id.
    public Words(Optional<String> tag, Optional<String> uniqueKeyHash, Optional<String> error) {
      this(tag, uniqueKeyHash, error, Optional.empty());
    }
  }

  public TaskFilter {
    states = Set.copyOf(states);
    if (limit < 1 || limit > MOST) {
      throw new IllegalArgumentException("limit must be 1 to " + MOST + ", was " + limit);
    }
  }

  /// Asks for no word, and for the usual order.
  public TaskFilter(
      Optional<StateName> state,
      Optional<Priority> priority,
      Optional<String> type,
      Optional<String> queue,
      Optional<Instant> submittedSince,
      Optional<Instant> submittedBefore,
      int limit) {
    this(
        state.map(Set::of).orElse(Set.of()),
        priority,
        type,
        queue,
        submittedSince,
        submittedBefore,
        Words.NONE,
        false,
        limit);
  }

  /// The same for some states, with another limit.
  public TaskFilter only(Set<StateName> others, int most) {
    return new TaskFilter(
        others, priority, type, queue, submittedSince, submittedBefore, words, newest, most);
  }
}
