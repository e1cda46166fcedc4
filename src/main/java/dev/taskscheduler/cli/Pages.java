package dev.taskscheduler.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Follows the pages of a list until it has enough items.
///
/// @param items those found
/// @param next the cursor of what follows; empty at the end of the list
record Pages(List<Json> items, Optional<String> next) {
  static final int LARGEST_PAGE = 500;
  static final int MOST_ITEMS = 100_000;

  /// A filter may match little: each page looks at some hundreds of tasks.
  private static final int MOST_PAGES = 1_000;

  /// @param name the field of the items in each page
  /// @param filter all parameters besides `limit` and `cursor`
  static Pages read(Server server, String path, String name, Query filter, Range range) {
    List<Json> items = new ArrayList<>();
    Optional<String> next = range.cursor();
    int pages = 0;
    do {
      int limit = Math.min(LARGEST_PAGE, range.limit() - items.size());
      Query query = new Query().addAll(filter).add("limit", "" + limit).add("cursor", next);
      Json page = server.get(path, query);
      items.addAll(page.items(name));
      Optional<String> following = page.text("next");
      if (following.equals(next) && next.isPresent()) {
        break; // a list that does not move on
      }
      next = following;
      pages++;
    } while (next.isPresent() && items.size() < range.limit() && pages < MOST_PAGES);
    return new Pages(items, next);
  }

  /// How much of a list.
  ///
  /// @param limit the most items
  /// @param cursor where to begin
  record Range(int limit, Optional<String> cursor) {
    Range {
      if (limit < 1 || limit > MOST_ITEMS) {
        throw new CliException.Usage("--limit is a number from 1 to " + MOST_ITEMS + ".");
      }
    }
  }

  /// One page as the API writes it.
  String json(String name) {
    Map<String, Json> fields = new LinkedHashMap<>();
    fields.put(name, new Json.Items(items));
    next.ifPresent(cursor -> fields.put("next", new Json.Text(cursor)));
    return new Json.Fields(fields).write();
  }

  /// Says how to go on, if there is more.
  void noteRest(Shell shell) {
    next.ifPresent(
        cursor -> shell.note("There is more: repeat the command with --cursor " + cursor));
  }
}
