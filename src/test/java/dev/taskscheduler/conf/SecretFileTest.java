package dev.taskscheduler.conf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.redis.RedisConfig;
import dev.taskscheduler.redis.RedisLogin;
import dev.taskscheduler.redis.RedisTopology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretFileTest {
  @TempDir private Path folder;

  private static SchedulerConfig with(String address, Path file) {
    return SchedulerConfig.of(
        Map.of(
            "CONSENSUS_TYPE",
            "redis",
            "REDIS_ADDR",
            address,
            "REDIS_PASSWORD_FILE",
            file.toString()),
        Map.of());
  }

  private static String error(String address, Path file) {
    return assertThrows(ConfigException.class, () -> with(address, file)).faults().toString();
  }

  @ParameterizedTest
  @CsvSource({
    "redis:6379, ''",
    "redis://redis:6379, ''",
    "redis://me@redis:6379/2, me",
    "rediss://me:@redis, me"
  })
  void the_password_may_stand_in_a_file(String address, String user) throws IOException {
    for (String end : List.of("", "\n", "\r\n")) {
      Path file = Files.writeString(folder.resolve("password"), "s p@ce/#%41" + end);
      var redis = with(address, file).redis();
      assertEquals(Optional.of("s p@ce/#%41"), redis.login().password().map(Supplier::get));
      assertEquals(user, redis.login().user().orElse(""));
      assertFalse(redis.toString().contains("p@ce"));
    }
  }

  @Test
  void a_password_that_changes_is_read_again_and_the_last_good_one_stays() throws IOException {
    Path file = Files.writeString(folder.resolve("password"), "first");
    Supplier<String> password = with("redis", file).redis().login().password().orElseThrow();
    assertEquals("first", password.get());
    Files.writeString(file, "second\n");
    assertEquals("second", password.get());
    Files.writeString(file, "");
    assertEquals("second", password.get(), "an empty file is half written");
    Files.delete(file);
    assertEquals("second", password.get());
    Files.writeString(file, "third");
    assertEquals("third", password.get());
  }

  @Test
  void sentinels_have_a_login_of_their_own() throws IOException {
    Path file = Files.writeString(folder.resolve("sentinel"), "sesame");
    Map<String, String> env =
        new HashMap<>(
            Map.of(
                "CONSENSUS_TYPE",
                "redis",
                "REDIS_ADDR",
                "redis-sentinel://a,b:1/mine",
                "REDIS_SENTINEL_USER",
                "watcher",
                "REDIS_SENTINEL_PASSWORD_FILE",
                file.toString()));
    RedisConfig redis = SchedulerConfig.of(env, Map.of()).redis();
    RedisLogin login = ((RedisTopology.Sentinel) redis.topology()).login();
    assertEquals(Optional.of("watcher"), login.user());
    assertEquals(Optional.of("sesame"), login.password().map(Supplier::get));
    assertEquals(Optional.empty(), redis.login().password());
    assertFalse(redis.toString().contains("sesame"));
    env.remove("REDIS_SENTINEL_PASSWORD_FILE");
    assertRefused(env, "the file with the password of REDIS_SENTINEL_USER");
    env.put("REDIS_ADDR", "redis");
    assertRefused(env, "only with redis-sentinel:// in REDIS_ADDR");
  }

  private static void assertRefused(Map<String, String> env, String why) {
    var e = assertThrows(ConfigException.class, () -> SchedulerConfig.of(env, Map.of()));
    assertTrue(e.faults().toString().contains(why), e.faults()::toString);
  }

  @Test
  void a_password_in_both_places_is_refused() throws IOException {
    Path file = Files.writeString(folder.resolve("password"), "sesame");
    String message = error("redis://:hidden@redis", file);
    assertTrue(message.contains("REDIS_PASSWORD_FILE is set"), message);
    assertFalse(message.contains("hidden") || message.contains("sesame"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "sesame\nsesame\n", "sesame\u0000", "sesame\t"})
  void what_is_no_line_of_text_is_refused_unrepeated(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("password"), text);
    String message = error("redis", file);
    assertTrue(
        message.contains("REDIS_PASSWORD_FILE") && message.contains(file.toString()), message);
    assertFalse(message.contains("sesame"), message);
  }

  @Test
  void bytes_that_are_not_utf8_and_a_large_file_are_refused() throws IOException {
    Path file = Files.write(folder.resolve("password"), new byte[] {(byte) 0xff});
    assertTrue(error("redis", file).contains("not UTF-8"));
    Files.writeString(file, "x".repeat(4097));
    assertTrue(error("redis", file).contains("longer than 4096 characters"));
  }

  @Test
  @Timeout(10)
  void a_pipe_a_folder_and_a_missing_file_are_refused_at_once() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    assertTrue(error("redis", pipe).contains("no regular file"));
    assertTrue(error("redis", folder).contains("a directory"));
    assertTrue(error("redis", folder.resolve("none")).contains("none at this path"));
  }
}
