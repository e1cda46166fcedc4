package dev.taskscheduler.handlers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.handlers.auth.TokenFileTest;
import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.NamedPipe;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Changes of the file of tokens while a server runs.
@Timeout(120)
class TokenFileChangesIT extends AccessFixture {
  @Test
  void a_changed_file_counts_without_a_restart_and_one_that_is_gone_does_not() throws Exception {
    start(DEFAULT);
    String next = "next-51c09d3b7e2f4a68";
    Files.writeString(file, TokenFileTest.line("ops", "all", next));
    Eventually.await("the new token is known", () -> status(next) == 202);
    assertTrue(unknown(ALL));

    Files.delete(file);
    Eventually.await("told", () -> log.at(Level.WARNING, "api tokens are unchanged").size() == 1);
    assertEquals(202, as(next, "POST", "/submit").statusCode());

    Files.writeString(file, TokenFileTest.line("ops", "all", ALL));
    Eventually.await("the first token is known again", () -> status(ALL) == 202);
    assertTrue(unknown(next));
    assertEquals(2, log.at(Level.INFO, "api tokens read").size(), log.all());
  }

  @Test
  void a_token_that_was_taken_out_is_not_known_although_another_line_has_a_fault()
      throws Exception {
    start(DEFAULT);
    String next = "next-51c09d3b7e2f4a68";
    Files.writeString(
        file, TokenFileTest.line("ops", "all", next) + "# half a line\nboard read sha256:12");
    Eventually.await("the taken out token is not known", () -> unknown(ALL));
    assertEquals(202, as(next, "POST", "/submit").statusCode());
    assertTrue(unknown(READ));
    String told = log.at(Level.WARNING, "invalid lines are ignored").getFirst();
    assertTrue(told.contains(file + ":3: allowed is sha256: and the 64"), told);
    assertTrue(health(next).contains(file + ":3: allowed is sha256:"), health(next));
    assertFalse(health("").contains(file.toString()), health(""));
    assertTrue(health("").contains("file_problems"), health(""));

    Files.writeString(file, "");
    Eventually.await("an empty file takes all out", () -> unknown(next));
    Files.writeString(file, TokenFileTest.line("ops", "all", ALL));
    Eventually.await("the first token is known again", () -> status(ALL) == 202);
    Eventually.await("no problem is left", () -> hasNoProblem(ALL));
  }

  /// A pipe, which has no end until somebody writes to it, in the place of the file.
  @Test
  void a_pipe_as_token_file_does_not_keep_a_taken_out_token_alive() throws Exception {
    start(DEFAULT);
    Files.delete(file);
    NamedPipe.make(file);
    Eventually.await("told", () -> !log.at(Level.WARNING, "no regular file").isEmpty());
    assertTrue(health(ALL).contains("no regular file"), health(ALL));
    Files.delete(file);
    Files.writeString(file, TokenFileTest.line("board", "read", READ));
    Eventually.await("the taken out token is not known", () -> unknown(ALL));
    Eventually.await("no problem is left", () -> hasNoProblem(READ));
  }

  private boolean hasNoProblem(String token) {
    try {
      return !health(token).contains("file_problems");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private String health(String token) throws Exception {
    HttpResponse<byte[]> answer =
        token.isEmpty() ? call("GET", "/health") : as(token, "GET", "/health");
    return new String(answer.body(), UTF_8);
  }

  /// As Kubernetes changes a Secret that is mounted: the file that is named never changes.
  @Test
  void a_file_behind_two_links_of_which_one_is_swapped_is_a_changed_file() throws Exception {
    Path first = Files.createDirectory(folder.resolve("..1"));
    Path second = Files.createDirectory(folder.resolve("..2"));
    String next = "next-51c09d3b7e2f4a68";
    Files.writeString(first.resolve("tokens"), TokenFileTest.line("ops", "all", ALL));
    Files.writeString(second.resolve("tokens"), TokenFileTest.line("ops", "all", next));
    Path data = Files.createSymbolicLink(folder.resolve("..data"), first);
    file = Files.createSymbolicLink(folder.resolve("linked"), data.resolve("tokens"));
    start(DEFAULT);
    assertEquals(202, as(ALL, "POST", "/submit").statusCode());
    Path swap = Files.createSymbolicLink(folder.resolve("..tmp"), second);
    Files.move(swap, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Eventually.await("the new token is known", () -> status(next) == 202);
    assertTrue(unknown(ALL));
  }

  /// Refused as a wrong token, of which the eleventh in a minute is told to wait.
  private boolean unknown(String token) {
    return List.of(401, 429).contains(status(token));
  }

  private int status(String token) {
    try {
      return as(token, "POST", "/submit").statusCode();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
