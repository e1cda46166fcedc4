package dev.taskscheduler.handlers.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.handlers.auth.ApiToken.Right;
import dev.taskscheduler.handlers.files.FileError;
import dev.taskscheduler.handlers.files.SmallFile;
import dev.taskscheduler.handlers.wire.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public class TokenFileTest {
  private static final String DIGEST = "sha256:" + hex("secret");

  @TempDir Path folder;

  /// The line that the README's recipe makes.
  public static String line(String name, String right, String token) {
    return name + " " + right + " sha256:" + hex(token) + "\n";
  }

  private static String hex(String token) {
    return HexFormat.of().formatHex(Sha256.digest(token.getBytes(UTF_8)));
  }

  private TokenFile of(String text) {
    return TokenFile.of(new SmallFile.Content(folder.resolve("tokens"), text));
  }

  private List<FileError> faults(String text) {
    return assertInstanceOf(TokenFile.Invalid.class, of(text)).faults();
  }

  @Test
  void a_token_is_known_by_its_digest_and_has_the_right_of_its_line() {
    String upper = DIGEST.substring(7).toUpperCase(Locale.ROOT);
    TokenFile.Valid file =
        assertInstanceOf(
            TokenFile.Valid.class,
            of(
                "# who may\r\n\n"
                    + line("board", "read", "looks")
                    + "  ops.team-1\tALL   sha256:"
                    + upper
                    + "  "));
    assertEquals(Optional.of(Right.READ), right(file, "looks"));
    assertEquals(Optional.of(Right.ALL), right(file, "secret"));
    for (String unknown : List.of("", "Secret", "secret ", "sha256:" + upper, upper)) {
      assertEquals(Optional.empty(), right(file, unknown), unknown);
    }
  }

  private static Optional<Right> right(TokenFile.Valid file, String token) {
    return find(file.tokens(), token).map(ApiToken::right);
  }

  private static Optional<ApiToken> find(List<ApiToken> tokens, String token) {
    return ApiToken.find(tokens, Sha256.digest(token.getBytes(UTF_8)));
  }

  @Test
  void a_line_may_limit_its_token_to_types_and_to_a_time() {
    TokenFile.Valid file =
        assertInstanceOf(
            TokenFile.Valid.class,
            of(
                line("web", "submit", "secret").strip()
                    + " expires=2027-01-31T00:00:00Z  types=mail,report\n"
                    + line("prometheus", "metrics", "looks")));
    ApiToken web = find(file.tokens(), "secret").orElseThrow();
    assertEquals(Right.SUBMIT, web.right());
    assertEquals(Set.of("mail", "report"), web.types());
    assertFalse(web.expiredAt(Instant.parse("2027-01-30T23:59:59Z")));
    assertTrue(web.expiredAt(Instant.parse("2027-01-31T00:00:00Z")));
    ApiToken prometheus = find(file.tokens(), "looks").orElseThrow();
    assertEquals(Right.METRICS, prometheus.right());
    assertEquals(Set.of(), prometheus.types());
    assertFalse(prometheus.expiredAt(Instant.MAX));
  }

  /// What a changed file leaves: of a token that stands twice nobody knows which right is meant.
  @Test
  void the_lines_without_a_fault_still_count() {
    TokenFile.Invalid file =
        assertInstanceOf(
            TokenFile.Invalid.class,
            of(
                line("good", "read", "good")
                    + line("twice", "all", "twice")
                    + "bad all sha256:12\n"
                    + line("again", "read", "twice")
                    + line("good", "all", "namesake")));
    assertEquals(List.of("good"), file.tokens().stream().map(ApiToken::name).toList());
    assertEquals(Right.READ, find(file.tokens(), "good").orElseThrow().right());
    assertEquals(3, file.faults().size(), file.faults().toString());
  }

  /// The well-known digest of "abc" (FIPS 180-2).
  @Test
  void the_digest_is_what_sha256sum_prints() {
    assertEquals("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", hex("abc"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ops",
        "ops all",
        "ops all secret",
        "ops all sha256:abc",
        "ops all sha512:",
        "ops all sha256: ",
        "a/b all ",
        "ops write ",
        "ops all more ",
        "web submit DIGEST more",
        "web submit DIGEST types=",
        "web submit DIGEST types=mail,",
        "web submit DIGEST types=a/b",
        "web submit DIGEST types=mail types=report",
        "web submit DIGEST expires=tomorrow",
        "web submit DIGEST expires=2027-01-31",
        "web submit DIGEST expires=2027-01-31T00:00:00Z expires=2028-01-31T00:00:00Z",
        "ops all DIGEST types=mail"
      })
  void a_line_that_is_no_token_is_a_fault_with_its_number_and_nothing_of_it(String line) {
    String whole = (line.endsWith(" ") ? line + DIGEST : line).replace("DIGEST", DIGEST);
    List<FileError> faults = faults(line("board", "read", "looks") + whole);
    assertFalse(faults.isEmpty());
    String second = folder.resolve("tokens") + ":2";
    assertTrue(faults.stream().allMatch(fault -> fault.where().equals(second)), faults.toString());
    assertFalse(faults.toString().contains("secret"), faults.toString());
    assertFalse(faults.toString().contains(DIGEST.substring(7)), faults.toString());
  }

  @Test
  void all_faults_are_told_at_once() {
    List<FileError> faults = faults("a/b write sha256:0\n\nops\n" + line("x", "rw", "looks"));
    assertEquals(
        List.of("tokens:1", "tokens:1", "tokens:1", "tokens:3", "tokens:4"),
        faults.stream()
            .map(fault -> fault.where().substring(folder.toString().length() + 1))
            .toList());
  }

  @Test
  void of_many_faults_the_first_are_told_and_the_others_counted() {
    String junk = "some junk\n".repeat(90_000);
    List<FileError> faults = faults(line("ops", "all", "secret") + junk);
    assertEquals(TokenFile.MOST_FAULTS + 1, faults.size());
    assertTrue(faults.getLast().toString().contains("89980 more faults"), faults.toString());
    TokenFile file = of(junk + line("ops", "all", "secret"));
    assertEquals(1, assertInstanceOf(TokenFile.Invalid.class, file).tokens().size());
    file = of(junk + "ops all sha256:0\n");
    assertEquals(0, assertInstanceOf(TokenFile.Invalid.class, file).tokens().size());
  }

  @Test
  void a_name_and_a_token_stand_once_each() {
    String all = line("ops", "all", "secret");
    String name = faults(all + line("ops", "read", "other")).toString();
    assertTrue(name.contains("a name of its own; line 1 has this one"), name);
    String token = faults("\n" + all + line("other", "read", "secret")).toString();
    assertTrue(token.contains("a token of its own; line 2 has this one"), token);
  }

  @Test
  void a_file_without_a_token_would_lock_everyone_out_and_is_a_fault() {
    for (String text : List.of("", "\n \n", "# ops all " + DIGEST)) {
      assertTrue(faults(text).toString().contains("at least one token"), text);
    }
  }

  @Test
  void a_file_that_cannot_be_read_is_a_fault_that_says_why() throws IOException {
    Path large = Files.write(folder.resolve("large"), new byte[SmallFile.MOST_BYTES + 1]);
    for (var expected :
        List.of(
            List.of(folder.resolve("none"), "there is none"),
            List.of(folder, "directory"),
            List.of(large, "larger than 1 MiB"))) {
      TokenFile read = TokenFile.read((Path) expected.getFirst());
      String faults = assertInstanceOf(TokenFile.Unreadable.class, read).fault().toString();
      assertTrue(faults.contains((String) expected.getLast()), faults);
    }
  }

  @Test
  void neither_the_file_nor_a_token_tells_its_secret_in_text() {
    TokenFile file = of("# secret in a comment\n" + line("ops", "all", "secret"));
    assertFalse(file.toString().contains("secret"), file.toString());
    assertFalse(file.toString().contains(DIGEST.substring(7)), file.toString());
  }
}
