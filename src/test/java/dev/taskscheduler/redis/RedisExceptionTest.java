package dev.taskscheduler.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Error replies as Redis and Valkey word them.
class RedisExceptionTest {
  private static RedisException.ErrorReply error(String reply) {
    return (RedisException.ErrorReply) RedisException.of(reply, new IllegalStateException(reply));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "READONLY | READONLY You can't write against a read only replica.",
        "READONLY | READONLY You can't write against a read only replica. script: 0f, on @user_script:3.",
        "READONLY | ERR Error running script (call to f_0f): @user_script:3: @user_script: 3: -READONLY You can't write against a read only replica.",
        "MASTERDOWN | MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
        "LOADING | LOADING Redis is loading the dataset in memory",
        "MOVED | MOVED 1539 127.0.0.1:7001",
        "ASK | ASK 1539 127.0.0.1:7001",
        "TRYAGAIN | TRYAGAIN Multiple keys request during rehashing of slot",
        "CLUSTERDOWN | CLUSTERDOWN Hash slot not served",
        "CLUSTERDOWN | CLUSTERDOWN The cluster is down",
        "BUSY | BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
        "UNKILLABLE | UNKILLABLE Sorry the script already executed write commands against the dataset.",
        "NOREPLICAS | NOREPLICAS Not enough good replicas to write.",
      })
  void a_server_that_cannot_serve_now_has_done_nothing_and_is_looked_up_again(
      String code, String reply) {
    var refused = assertInstanceOf(RedisException.Refused.class, error(reply));
    assertEquals(code, refused.code());
    assertEquals(true, refused.mayPass());
    assertEquals(true, RedisException.isOfOtherServer(reply));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ASK | ERR Script attempted to access a non local key in a cluster node script: 0f, on @user_script:3.",
        "ASK | ERR Error running script (call to f_0f): @user_script:3: @user_script: 3: Script attempted to access a non local key in a cluster node",
        "CLUSTERDOWN | ERR Script attempted to execute a write command while the cluster is down and readonly script: 0f, on @user_script:3.",
      })
  void a_script_that_was_stopped_in_a_cluster_may_have_written_a_part(String code, String reply) {
    var raised = assertInstanceOf(RedisException.Raised.class, error(reply));
    assertEquals(code, raised.code(), "ERR would be taken for damaged data");
    assertEquals(true, RedisException.isOfOtherServer(reply));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "OOM | OOM command not allowed when used memory > 'maxmemory'.",
        "FENCED | FENCED",
        "WRONGPASS | WRONGPASS invalid username-password pair or user is disabled.",
        "NOPERM | NOPERM User scheduler has no permissions to run the 'get' command",
      })
  void other_errors_are_answers_of_the_right_server(String code, String reply) {
    var refused = assertInstanceOf(RedisException.Refused.class, error(reply));
    assertEquals(code, refused.code());
    assertEquals(false, refused.mayPass());
    assertEquals(false, RedisException.isOfOtherServer(reply));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ERR Error running script (call to f_0f): @user_script:3: @user_script: 3: The user executing the script can't run this command or subcommand",
        "ERR The user executing the script can't run this command or subcommand script: 0f, on @user_script:3.",
        "ERR ACL failure in script: User app has no permissions to run the 'lpush' command script: 0f, on @user_script:3.",
        "ERR ACL failure in script: No permissions to access a key script: on @user_script:1.",
      })
  void a_right_that_a_script_lacks_is_told_on_every_server(String reply) {
    assertEquals("NOPERM", assertInstanceOf(RedisException.Raised.class, error(reply)).code());
  }
}
