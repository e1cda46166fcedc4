package dev.taskscheduler.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Columns of text, each as wide as its widest cell.
final class Table {
  private static final int WIDEST = 80;
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  Table(String... heads) {
    rows.add(List.of(heads));
  }

  /// Adds a row. Its cells are made harmless, and cut where they are too wide.
  Table row(String... cells) {
    rows.add(Arrays.stream(cells).map(cell -> SafeText.line(cell, WIDEST)).toList());
    return this;
  }

  /// The rows without trailing spaces; only the heads if there is none.
  List<String> lines() {
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], width(row.get(i)));
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      line.append(i == 0 ? "" : GAP).append(row.get(i));
      line.append(" ".repeat(Math.max(0, widths[i] - width(row.get(i)))));
    }
    return line.toString().stripTrailing();
  }

  private static int width(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
