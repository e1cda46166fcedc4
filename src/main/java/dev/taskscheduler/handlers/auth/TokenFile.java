package dev.taskscheduler.handlers.auth;

import dev.taskscheduler.handlers.auth.ApiToken.Right;
import dev.taskscheduler.handlers.files.FileError;
import dev.taskscheduler.handlers.files.SmallFile;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// A file of API tokens, one a line: `<name> <right> sha256:<64 hex digits>`, and behind that,
/// where wanted, `types=<type>,<type>` and `expires=<time>`. Blank lines and those that begin with
/// `#` mean nothing.
public sealed interface TokenFile {
  /// As many faults are listed one by one.
  int MOST_FAULTS = 20;

  /// @param file what was read
  /// @param tokens at least one
  record Valid(SmallFile file, List<ApiToken> tokens) implements TokenFile {
    public Valid {
      tokens = List.copyOf(tokens);
    }
  }

  /// @param faults at least one, and no more than [#MOST_FAULTS] and one that counts the others
  /// @param tokens of the lines without a fault, maybe none
  record Invalid(List<FileError> faults, List<ApiToken> tokens) implements TokenFile {
    public Invalid {
      faults = List.copyOf(faults);
      tokens = List.copyOf(tokens);
    }
  }

  /// Nothing is known of what stands in it.
  record Unreadable(FileError fault) implements TokenFile {}

  static TokenFile read(Path path) {
    return of(SmallFile.read(path));
  }

  static TokenFile of(SmallFile file) {
    return switch (file) {
      case SmallFile.Unreadable unreadable ->
          new Unreadable(unreadable.fault("a file with one token a line"));
      case SmallFile.Content content -> new Parser(content).parse();
    };
  }

  /// Reads line by line, and gathers the first faults.
  final class Parser {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern DIGEST = Pattern.compile("sha256:([0-9a-fA-F]{64})");
    private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final String TYPES = "types=";
    private static final String EXPIRES = "expires=";
    private static final String RIGHTS = "read, submit, metrics or all";
    private static final String FORM = "<name> <read|submit|metrics|all> sha256:<64 hex digits>";

    private final SmallFile.Content file;
    private final List<Line> lines = new ArrayList<>();
    private final List<FileError> faults = new ArrayList<>();
    private int found; // faults, also those that are not gathered
    private final Set<Integer> doubled = new HashSet<>(); // lines that do not count

    private Parser(SmallFile.Content file) {
      this.file = file;
    }

    /// A token, its digest, and where it stands.
    private record Line(int number, ApiToken token, byte[] digest) {}

    private TokenFile parse() {
      int number = 0;
      for (String line : file.text().lines().toList()) {
        number++;
        String stripped = line.strip();
        if (!stripped.isEmpty() && !stripped.startsWith("#")) {
          token(number, stripped.split("\\s+"));
        }
      }
      if (found > MOST_FAULTS) {
        faults.add(
            new FileError(
                file.path().toString(),
                "one token a line; " + (found - MOST_FAULTS) + " more faults are not listed"));
      }
      if (lines.isEmpty() && faults.isEmpty()) {
        faults.add(new FileError(file.path().toString(), "at least one token; " + FORM));
      }
      List<ApiToken> tokens =
          lines.stream().filter(line -> !doubled.contains(line.number)).map(Line::token).toList();
      return faults.isEmpty() ? new Valid(file, tokens) : new Invalid(faults, tokens);
    }

    private void token(int line, String[] fields) {
      if (fields.length < 3) {
        fault(line, "three fields, " + FORM);
        return;
      }
      int before = found;
      if (!NAME.matcher(fields[0]).matches()) {
        fault(line, "a name of 1 to 64 characters of a-z A-Z 0-9 . _ - as the first field");
      }
      Optional<Right> right = right(fields[1]);
      if (right.isEmpty()) {
        fault(line, RIGHTS + " as the second field");
      }
      var digest = DIGEST.matcher(fields[2]);
      if (!digest.matches()) {
        fault(line, "sha256: and the 64 hex digits of the token's SHA-256 as the third field");
      }
      Limits limits = limits(line, fields, right);
      if (found == before) {
        byte[] bytes = HexFormat.of().parseHex(digest.group(1));
        ApiToken token = new ApiToken(fields[0], right.get(), bytes, limits.types, limits.expires);
        add(new Line(line, token, bytes));
      }
    }

    private record Limits(Set<String> types, Optional<Instant> expires) {}

    /// The fields behind the third, each at most once.
    private Limits limits(int line, String[] fields, Optional<Right> right) {
      Set<String> types = Set.of();
      Optional<Instant> expires = Optional.empty();
      for (int i = 3; i < fields.length; i++) {
        if (fields[i].startsWith(TYPES) && types.isEmpty()) {
          types = types(line, fields[i].substring(TYPES.length()), right);
        } else if (fields[i].startsWith(EXPIRES) && expires.isEmpty()) {
          expires = expires(line, fields[i].substring(EXPIRES.length()));
        } else {
          fault(line, "after the third field types=... and expires=..., each at most once");
        }
      }
      return new Limits(types, expires);
    }

    private Set<String> types(int line, String list, Optional<Right> right) {
      if (right.isPresent() && right.get() != Right.SUBMIT) {
        fault(line, "types= only for submit: no other right is limited to types");
      }
      Set<String> types = new HashSet<>(List.of(list.split(",", -1)));
      if (!types.stream().allMatch(TYPE.asMatchPredicate())) {
        fault(line, "types= and names of task types, separated by commas without white space");
      }
      return types;
    }

    private Optional<Instant> expires(int line, String time) {
      try {
        return Optional.of(Instant.parse(time));
      } catch (DateTimeParseException e) {
        fault(line, "expires= and a time such as 2027-01-31T00:00:00Z");
        return Optional.empty();
      }
    }

    private void add(Line added) {
      for (Line line : lines) {
        if (line.token.name().equals(added.token.name())) {
          fault(added.number, "a name of its own; line " + line.number + " has this one");
          doubled.add(added.number);
        }
        if (line.token.has(added.digest)) { // nobody knows which of the two rights is meant
          fault(added.number, "a token of its own; line " + line.number + " has this one");
          doubled.add(line.number);
          doubled.add(added.number);
        }
      }
      lines.add(added);
    }

    private void fault(int line, String allowed) {
      if (found++ < MOST_FAULTS) {
        faults.add(new FileError(file.path() + ":" + line, allowed));
      }
    }

    private static Optional<Right> right(String word) {
      return switch (word.toLowerCase(Locale.ROOT)) {
        case "read" -> Optional.of(Right.READ);
        case "submit" -> Optional.of(Right.SUBMIT);
        case "metrics" -> Optional.of(Right.METRICS);
        case "all" -> Optional.of(Right.ALL);
        default -> Optional.empty();
      };
    }
  }
}
