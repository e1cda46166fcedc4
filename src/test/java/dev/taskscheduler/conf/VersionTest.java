package dev.taskscheduler.conf;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.process.Version;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VersionTest {
  @Test
  void code_and_jar_of_one_build_are_fine() {
    Settings settings = new Settings(Map.of(), Map.of());
    SchedulerConfig.checkBuild(settings, Version.buildOfCode(), Version.buildOfJar());
    assertDoesNotThrow(settings::check);
    assertFalse(Version.current().contains("${"), Version.current());
  }

  @Test
  void a_cache_of_other_jars_stops_the_start_and_says_what_to_do() {
    Settings settings = new Settings(Map.of(), Map.of());
    SchedulerConfig.checkBuild(settings, "abc", "def");
    String message = assertThrows(ConfigException.class, settings::check).getMessage();
    assertTrue(message.contains("-XX:AOTCache"), message);
    assertTrue(message.contains("abc") && message.contains("def"), message);
  }
}
