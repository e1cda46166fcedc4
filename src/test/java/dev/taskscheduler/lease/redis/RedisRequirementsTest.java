package dev.taskscheduler.lease.redis;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.lease.LeaseException;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.redis.RedisConfig;
import dev.taskscheduler.redis.RedisException;
import dev.taskscheduler.redis.RedisListener;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisRequirementsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "MISCONF Redis is configured to save RDB snapshots. script: 54a70e, on @user_script:53.",
        "ERR Error running script (call to f_54a70e): @user_script:53: -MISCONF Redis is configured"
      })
  void an_error_has_the_same_message_from_any_script_it_comes_from(String reply) {
    assertTrue(refusal(reply).getMessage().endsWith("or repair its rights (MISCONF)"));
  }

  @Test
  void what_passes_by_itself_is_no_reason_for_a_person_to_act() {
    assertInstanceOf(
        LeaseException.Unavailable.class, refusal("LOADING Redis is loading the dataset"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"READONLY You can't write against a read only replica.", "MOVED 1539 10.0.0.1:1"})
  void a_former_primary_is_a_reason_to_act_only_where_nobody_names_the_new_one(String reply) {
    assertInstanceOf(LeaseException.Unfit.class, refusal(reply, "10.0.0.1:1"));
    assertInstanceOf(
        LeaseException.Unavailable.class, refusal(reply, "redis-sentinel://10.0.0.1/mine"));
    assertInstanceOf(LeaseException.Unavailable.class, refusal(reply, "redis-cluster://10.0.0.1"));
  }

  private static LeaseException refusal(String reply) {
    return refusal(reply, "10.0.0.1:1");
  }

  private static LeaseException refusal(String reply, String address) {
    try (Redis redis =
        new Redis(
            RedisConfig.parse(address),
            new Namespace("scheduler"),
            new Redis.Pool("t", 1, Duration.ofSeconds(1)),
            RedisListener.NONE)) {
      var refused = new RedisException.Refused(reply, new IllegalStateException());
      return new RedisRequirements(redis).refusal("renew", refused.code(), refused);
    }
  }
}
