package dev.taskscheduler.handlers;

import dev.taskscheduler.handlers.ApiToken.Right;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// A file of API tokens, one a line: `<name> <read|all> sha256:<64 hex digits>`. Blank lines and
/// those that begin with `#` mean nothing.
public sealed interface TokenFile {

  /// @param file what was read
  /// @param tokens at least one
  record Sound(SmallFile file, List<ApiToken> tokens) implements TokenFile {
    public Sound {
      tokens = List.copyOf(tokens);
    }
  }

  /// @param faults all of them, at least one
  record Faulty(List<FileFault> faults) implements TokenFile {
    public Faulty {
      faults = List.copyOf(faults);
    }
  }

  static TokenFile read(Path path) {
    return of(SmallFile.read(path));
  }

  static TokenFile of(SmallFile file) {
    return switch (file) {
      case SmallFile.Unreadable unreadable ->
          new Faulty(List.of(unreadable.fault("a file with one token a line")));
      case SmallFile.Content content -> new Parser(content).parse();
    };
  }

  /// Reads line by line, and gathers all faults.
  final class Parser {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern DIGEST = Pattern.compile("sha256:([0-9a-fA-F]{64})");
    private static final String FORM = "<name> <read|all> sha256:<64 hex digits>";

    private final SmallFile.Content file;
    private final List<ApiToken> tokens = new ArrayList<>();
    private final List<Integer> lines = new ArrayList<>(); // where each of them stands
    private final List<FileFault> faults = new ArrayList<>();

    private Parser(SmallFile.Content file) {
      this.file = file;
    }

    private TokenFile parse() {
      int number = 0;
      for (String line : file.text().lines().toList()) {
        number++;
        String stripped = line.strip();
        if (!stripped.isEmpty() && !stripped.startsWith("#")) {
          token(number, stripped.split("\\s+"));
        }
      }
      if (tokens.isEmpty() && faults.isEmpty()) {
        faults.add(new FileFault(file.path().toString(), "at least one token; " + FORM));
      }
      return faults.isEmpty() ? new Sound(file, tokens) : new Faulty(faults);
    }

    private void token(int line, String[] fields) {
      if (fields.length != 3) {
        fault(line, "three fields, " + FORM);
        return;
      }
      int before = faults.size();
      if (!NAME.matcher(fields[0]).matches()) {
        fault(line, "a name of 1 to 64 characters of a-z A-Z 0-9 . _ - as the first field");
      }
      Optional<Right> right = right(fields[1]);
      if (right.isEmpty()) {
        fault(line, "read or all as the second field");
      }
      var digest = DIGEST.matcher(fields[2]);
      if (!digest.matches()) {
        fault(line, "sha256: and the 64 hex digits of the token's SHA-256 as the third field");
      }
      if (faults.size() == before) {
        add(line, new ApiToken(fields[0], right.get(), hex(digest.group(1))), hex(digest.group(1)));
      }
    }

    private void add(int line, ApiToken token, byte[] digest) {
      for (int i = 0; i < tokens.size(); i++) {
        if (tokens.get(i).name().equals(token.name())) {
          fault(line, "a name of its own; line " + lines.get(i) + " has this one");
        }
        if (tokens.get(i).has(digest)) {
          fault(line, "a token of its own; line " + lines.get(i) + " has this one");
        }
      }
      tokens.add(token);
      lines.add(line);
    }

    private void fault(int line, String allowed) {
      faults.add(new FileFault(file.path() + ":" + line, allowed));
    }

    private static Optional<Right> right(String word) {
      return switch (word.toLowerCase(Locale.ROOT)) {
        case "read" -> Optional.of(Right.READ);
        case "all" -> Optional.of(Right.ALL);
        default -> Optional.empty();
      };
    }

    private static byte[] hex(String digits) {
      return HexFormat.of().parseHex(digits);
    }
  }
}
