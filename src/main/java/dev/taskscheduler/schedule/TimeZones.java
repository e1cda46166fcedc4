package dev.taskscheduler.schedule;

import java.time.ZoneId;
import java.time.zone.ZoneRulesProvider;
import java.util.Locale;
import java.util.Optional;

/// Reads names of time zones: those of the IANA database, and neither offsets nor the host's zone.
public final class TimeZones {
  /// The version of the rules of all zones, such as `2026a`; a newer one is greater as a text.
  public static final String RULES = ZoneRulesProvider.getVersions("UTC").lastKey();

  private static final int LONGEST = 64;

  private TimeZones() {}

  /// The zone with this name.
  ///
  /// @throws UnknownZoneException if there is none
  public static ZoneId parse(String name) {
    if (ZoneRulesProvider.getAvailableZoneIds().contains(name)) {
      return ZoneId.of(name);
    }
    Optional<String> nearest = name.length() <= LONGEST ? nearest(name) : Optional.empty();
    throw new UnknownZoneException(
        "The time zone '"
            + FieldParser.quoted(name)
            + "' is unknown"
            + nearest.map(near -> "; did you mean " + near + "?").orElse(".")
            + " Allowed are IANA names such as Europe/Berlin, and UTC.",
        nearest.orElse(""));
  }

  /// The name that takes the fewest edits, a third of its length at most. A city alone is enough.
  private static Optional<String> nearest(String name) {
    String wanted = plain(name);
    String best = "";
    int least = Integer.MAX_VALUE;
    for (String zone : ZoneRulesProvider.getAvailableZoneIds().stream().sorted().toList()) {
      String whole = plain(zone);
      String city = whole.substring(whole.lastIndexOf('/') + 1);
      // A city in twice as many edits: the whole name is the better one.
      int edits = 2 * edits(wanted, whole);
      if (whole.length() > city.length()) {
        edits = Math.min(edits, 2 * edits(wanted, city) + 1);
      }
      if (edits < least) {
        least = edits;
        best = zone;
      }
    }
    return least / 2 * 3 <= wanted.length() ? Optional.of(best) : Optional.empty();
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace(' ', '_');
  }

  /// Inserted, removed and replaced characters from one text to the other (Levenshtein).
  private static int edits(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
