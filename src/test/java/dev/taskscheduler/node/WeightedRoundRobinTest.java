package dev.taskscheduler.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.task.PriorityShares;
import java.time.Duration;
import java.util.Random;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightedRoundRobinTest {
  @Test
  void strict_shares_nothing_out_and_passes_the_ageing_on() {
    WeightedRoundRobin strict = new WeightedRoundRobin(new PriorityPolicy.Strict(Duration.ZERO));
    assertEquals(PriorityShares.STRICT, strict.next(500));
    WeightedRoundRobin ageing =
        new WeightedRoundRobin(new PriorityPolicy.Strict(Duration.ofMinutes(5)));
    assertEquals(new PriorityShares(0, 0, 0, Duration.ofMinutes(5)), ageing.next(1));
  }

  /// After each claim, not only at the end: what anybody was given is within one task of its share.
  private static void shares(int high, int medium, int low, IntSupplier limits) {
    WeightedRoundRobin turns =
        new WeightedRoundRobin(new PriorityPolicy.Weighted(high, medium, low));
    double[] weights = {high, medium, low};
    double all = high + medium + low;
    long[] given = new long[3];
    long total = 0;
    for (int i = 0; i < 5000; i++) {
      int limit = limits.getAsInt();
      PriorityShares order = turns.next(limit);
      assertTrue(order.high() >= 0 && order.medium() >= 0 && order.low() >= 0, order.toString());
      assertEquals(limit, order.high() + order.medium() + order.low());
      assertEquals(Duration.ZERO, order.ageing());
      given[0] += order.high();
      given[1] += order.medium();
      given[2] += order.low();
      total += limit;
      for (int p = 0; p < 3; p++) {
        double share = total * weights[p] / all;
        assertTrue(
            Math.abs(given[p] - share) <= 1,
            "after " + total + " tasks " + p + " was given " + given[p] + " of " + share);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"6,3,1", "1,1,1", "1000,1,1", "1,1,1000", "7,5,3", "1,1000,1"})
  void weights_share_out_within_one_task_whatever_the_claims_bring(int high, int medium, int low) {
    shares(high, medium, low, () -> 1);
    shares(high, medium, low, () -> 500);
    Random random = new Random(7);
    shares(high, medium, low, () -> 1 + random.nextInt(500));
    shares(high, medium, low, () -> 1 + random.nextInt(3));
  }
}
