package dev.taskscheduler.task;

import java.util.List;
import java.util.regex.Pattern;

/// The tags of a task: words of its submitter's own, by which tasks are found again. They stand in
/// a record with commas between them.
public final class Tags {
  /// How many a task may have.
  public static final int MOST = 8;

  public static final String RULE =
      "must be 1 to 64 letters, digits and characters of . _ - : / @ + =";
  static final String LIST_RULE =
      "an array of at most 8 strings, each of 1 to 64 letters, digits and . _ - : / @ + =";

  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9._:/@+=-]{1,64}");

  private Tags() {}

  /// Whether a text may be a tag.
  public static boolean isTag(String text) {
    return TAG.matcher(text).matches();
  }

  /// @param tags each of which [#isTag]
  public static String write(List<String> tags) {
    return String.join(",", tags);
  }

  /// @param text as [#write] gave it
  public static List<String> read(String text) {
    return List.of(text.split(",", -1));
  }

  static boolean areTags(String text) {
    List<String> tags = read(text);
    return tags.size() <= MOST && tags.stream().allMatch(Tags::isTag);
  }
}
