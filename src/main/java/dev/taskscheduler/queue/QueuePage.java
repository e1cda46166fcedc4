package dev.taskscheduler.queue;

import java.util.List;
import java.util.Optional;

/// A page of queues.
///
/// @param next the cursor of the next page; empty if this is the last
/// @param cut whether there are more queues than [Queues#MOST_SORTED], so that an order other than
///   by name is not that of all
public record QueuePage(List<QueueView> queues, Optional<String> next, boolean cut) {
  public QueuePage {
    queues = List.copyOf(queues);
  }
}
