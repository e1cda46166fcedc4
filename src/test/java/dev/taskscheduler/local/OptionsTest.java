package dev.taskscheduler.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
  @Test
  void nothing_said_is_one_node() {
    assertEquals(
        new Options(Optional.empty(), Optional.empty(), List.of(), Options.Kind.RUN),
        Options.parse());
  }

  @Test
  void values_stand_after_a_space_or_an_equals_sign() {
    var wanted = new Options(Optional.of(3), Optional.of("redis"), List.of(), Options.Kind.RUN);
    assertEquals(wanted, Options.parse("--nodes", "3", "--election", "redis"));
    assertEquals(wanted, Options.parse("--nodes=3", "--election=redis"));
  }

  @Test
  void version_and_help_are_told() {
    assertEquals(Options.Kind.VERSION, Options.parse("--version").kind());
    assertEquals(Options.Kind.HELP, Options.parse("--nodes", "2", "-h").kind());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--nodes",
        "--nodes=0",
        "--nodes=10",
        "--nodes=x",
        "--election=x",
        "--runners",
        "--runners=/none",
        "up"
      })
  void anything_else_is_refused_by_name(String argument) {
    var refused = assertThrows(LocalException.class, () -> Options.parse(argument));
    assertTrue(refused.getMessage().contains(argument.replaceAll("=.*", "")), refused.getMessage());
  }

  @Test
  void both_electors_may_be_asked_for() {
    assertEquals(Optional.of("raft"), Options.parse("--election", "raft").election());
  }

  @Test
  void the_jars_of_a_folder_of_runners_are_found_and_a_folder_without_one_is_refused(
      @TempDir Path folder) throws IOException {
    assertThrows(LocalException.class, () -> Options.parse("--runners", folder.toString()));
    Files.createFile(folder.resolve("notes.txt"));
    Path b = Files.createFile(folder.resolve("b.jar"));
    Path a = Files.createFile(folder.resolve("a.jar"));
    assertEquals(List.of(a, b), Options.parse("--runners", folder.toString()).runners());
  }

  @ParameterizedTest
  @CsvSource({
    ":8080, http://localhost:8080",
    "0.0.0.0:80, http://localhost:80",
    "127.0.0.1:8081, http://localhost:8081",
    "[::1]:90, http://[::1]:90",
    "tasks.example:90, http://tasks.example:90"
  })
  void the_banner_names_an_address_that_this_machine_reaches(String listen, String url) {
    assertEquals(url, NodeProbe.of(listen).url(false));
  }

  @ParameterizedTest
  @CsvSource({
    ":8081, 0, :8081",
    ":8081, 2, :8083",
    "[::1]:90, 1, [::1]:91",
    "127.0.0.1:0, 3, 127.0.0.1:0",
    "nonsense, 1, nonsense"
  })
  void each_node_takes_the_next_port(String first, int i, String address) {
    assertEquals(address, LocalCluster.listen(first, i));
  }
}
