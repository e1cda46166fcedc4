package dev.taskscheduler.node;

import dev.taskscheduler.task.PriorityShares;
import java.time.Duration;

/// Shares the tasks of each claim among the priorities. With weights it remembers the credit of
/// each priority, so that claims of a single task follow the weights too. For one thread.
final class WeightedRoundRobin {
  private final PriorityPolicy policy;
  private final double[] credit = new double[3];

  WeightedRoundRobin(PriorityPolicy policy) {
    this.policy = policy;
  }

  /// Returns the shares of the next claim of up to `limit` tasks.
  PriorityShares next(int limit) {
    if (policy instanceof PriorityPolicy.Weighted(int high, int medium, int low)) {
      return shared(limit, new int[] {high, medium, low});
    }
    Duration ageing = ((PriorityPolicy.Strict) policy).ageing();
    return ageing.isZero() ? PriorityShares.STRICT : new PriorityShares(0, 0, 0, ageing);
  }

  /// Smooth weighted round robin, a whole claim at a time: each priority gets the whole tasks of
  /// its credit; the rest of the limit goes to the highest credits.
  private PriorityShares shared(int limit, int[] weights) {
    double all = weights[0] + weights[1] + weights[2];
    int[] shares = new int[3];
    int left = limit;
    for (int i = 0; i < 3; i++) {
      credit[i] += limit * weights[i] / all;
      shares[i] = (int) Math.clamp(Math.floor(credit[i]), 0, left);
      left -= shares[i];
    }
    for (; left > 0; left--) {
      shares[most(shares)]++;
    }
    for (int i = 0; i < 3; i++) {
      credit[i] -= shares[i];
    }
    return new PriorityShares(shares[0], shares[1], shares[2], Duration.ZERO);
  }

  private int most(int[] shares) {
    int most = 0;
    for (int i = 1; i < 3; i++) {
      if (credit[i] - shares[i] > credit[most] - shares[most]) {
        most = i;
      }
    }
    return most;
  }
}
