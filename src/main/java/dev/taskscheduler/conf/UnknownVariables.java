package dev.taskscheduler.conf;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Finds environment variables that look like settings of this program and are none, since a
/// misspelt setting would otherwise be ignored in silence.
///
/// The environment holds much that belongs to others, so a name counts only if it is nearly that of
/// a setting, or begins as only our settings do.
final class UnknownVariables {
  /// The first words of settings that other programs hardly use.
  private static final List<String> FAMILIES =
      List.of("CONSENSUS_", "IDEMPOTENCY_", "LEASE_", "PRIORITY_", "RAFT_", "RETRY_BACKOFF");

  /// What Kubernetes sets in each container for a Service of that name.
  private static final Pattern OF_SERVICES =
      Pattern.compile(".*_(SERVICE_(HOST|PORT.*)|PORT(_\\d{1,5}_(TCP|UDP|SCTP).*)?)");

  private static final int LONGEST_NAME = 64;
  private static final int MOST_WARNINGS = 20;

  /// Of a shorter name another word is soon made: NODE_IP is not NODE_ID.
  private static final int SHORTEST_MISSPELT = 8;

  private static final int MOST_EDITS = 2;

  private final Set<String> known;

  /// @param known the names of all settings
  UnknownVariables(Collection<String> known) {
    this.known = new TreeSet<>(known);
  }

  /// One sentence for each such variable, by name; values are not shown.
  ///
  /// @param names of all variables that are set
  List<String> among(Collection<String> names) {
    return names.stream()
        .filter(name -> name.length() <= LONGEST_NAME && !known.contains(name))
        .sorted()
        .flatMap(name -> warning(name).stream())
        .limit(MOST_WARNINGS)
        .toList();
  }

  private Optional<String> warning(String name) {
    Optional<String> meant = meant(name);
    if (meant.isPresent()) {
      return Optional.of(
          "the environment variable %s is no setting and has no effect; did you mean %s?"
              .formatted(name, meant.get()));
    }
    return FAMILIES.stream().anyMatch(name::startsWith) && !OF_SERVICES.matcher(name).matches()
        ? Optional.of(
            "the environment variable %s is no setting and has no effect; docs/configuration.md lists all settings"
                .formatted(name))
        : Optional.empty();
  }

  private Optional<String> meant(String name) {
    String plain = plain(name);
    return Stream.<Stream<String>>of(
            known.stream().filter(setting -> plain(setting).equals(plain)),
            known.stream().filter(setting -> ("SCHEDULER" + plain(setting)).equals(plain)),
            known.stream().filter(setting -> beginsAs(setting, name)),
            OF_SERVICES.matcher(name).matches() ? Stream.empty() : misspelt(plain))
        .flatMap(found -> found)
        .findFirst();
  }

  /// REDIS_PASSWORD for REDIS_PASSWORD_FILE, REDIS_ADDRESS for REDIS_ADDR.
  private static boolean beginsAs(String setting, String name) {
    return setting.equals(name + "_FILE") || name.equals(setting + "ESS");
  }

  private Stream<String> misspelt(String plain) {
    return known.stream()
        .filter(setting -> plain(setting).length() >= SHORTEST_MISSPELT)
        .filter(setting -> edits(plain(setting), plain) <= MOST_EDITS)
        .min(Comparator.comparingInt(setting -> edits(plain(setting), plain)))
        .stream();
  }

  private static String plain(String name) {
    return name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "");
  }

  /// How many letters must be added, left out, replaced or swapped with the next to make `b` of
  /// `a`: the optimal string alignment distance.
  private static int edits(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int replaced = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        cost[i][j] = Math.min(replaced, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
