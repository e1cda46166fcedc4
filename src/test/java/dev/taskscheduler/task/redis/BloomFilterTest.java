package dev.taskscheduler.task.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BloomFilterTest {
  private static String id(int i) {
    return "01a209ff-a591-7%03x-9987-%012x".formatted(i % 1000, i);
  }

  @Test
  void what_was_added_is_contained_and_added_once() {
    BloomFilter filter = new BloomFilter(3, () -> 1);
    assertFalse(filter.mayContain("a"));
    assertTrue(filter.add("a"));
    assertTrue(filter.mayContain("a"));
    assertFalse(filter.add("a"));
    assertTrue(filter.add("b"));
  }

  @Test
  void of_a_hundred_thousand_ids_hardly_one_is_taken_for_another() {
    BloomFilter filter = new BloomFilter(100_000, () -> 42);
    long taken = IntStream.range(0, 100_000).filter(i -> !filter.add(id(i))).count();
    assertTrue(taken <= 3, "taken for known while it fills: " + taken);
    assertEquals(
        100_000, IntStream.range(0, 100_000).filter(i -> filter.mayContain(id(i))).count());
    long known = IntStream.range(200_000, 300_000).filter(i -> filter.mayContain(id(i))).count();
    assertTrue(known <= 12, "taken for known when it is full: " + known);
  }

  @Test
  void another_seed_takes_others_for_one_another() {
    BloomFilter tight = new BloomFilter(0, () -> 1); // 1,024 bits
    BloomFilter other = new BloomFilter(0, () -> 2);
    IntStream.range(0, 150)
        .forEach(i -> {
          tight.add(id(i));
          other.add(id(i));
        });
    long same =
        IntStream.range(1000, 11_000)
            .filter(i -> tight.mayContain(id(i)) && other.mayContain(id(i)))
            .count();
    long one = IntStream.range(1000, 11_000).filter(i -> tight.mayContain(id(i))).count();
    assertTrue(one > 500 && same < one / 2, one + " taken for known, " + same + " by both");
  }

  @Test
  void where_there_are_too_many_ids_it_is_about_a_part_of_them() {
    BloomFilter whole = new BloomFilter(2_700_000, () -> 7);
    assertEquals(10_000, IntStream.range(0, 10_000).filter(i -> whole.covers(id(i))).count());
    BloomFilter fourth = new BloomFilter(11_000_000, () -> 7);
    long covered = IntStream.range(0, 10_000).filter(i -> fourth.covers(id(i))).count();
    assertTrue(Math.abs(covered - 2_500) < 250, "a fourth of 10,000: " + covered);
  }
}
