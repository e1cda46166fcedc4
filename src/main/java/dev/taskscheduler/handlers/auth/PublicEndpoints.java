package dev.taskscheduler.handlers.auth;

import dev.taskscheduler.handlers.wire.Paths;
import java.util.Set;

/// The endpoints that may be open without a token.
public enum PublicEndpoints {
  /// How the node is. The two probes under it say one word and are always open.
  HEALTH("/health"),
  /// What Prometheus asks for.
  METRICS(Paths.METRICS),
  /// The API document, and the pages that show it.
  DOCS(Paths.OPENAPI, "/swagger", Paths.PAGES);

  private static final Set<String> PROBES = Set.of("/health/live", "/health/ready");
  private static final Set<String> ENTRANCES = Set.of("/", "/ui");

  private final Set<String> paths;

  PublicEndpoints(String... paths) {
    this.paths = Set.of(paths);
  }

  /// Whether a path is open.
  ///
  /// @param path decoded and normalized, as routes are matched
  public static boolean covers(Set<PublicEndpoints> open, String path) {
    if (isProbe(path) || isDashboard(path)) {
      return true;
    }
    for (PublicEndpoints area : open) {
      if (area.paths.contains(path)) {
        return true;
      }
    }
    return open.contains(DOCS) && page(path);
  }

  /// Whether it is a probe, which says one word to everyone.
  static boolean isProbe(String path) {
    return PROBES.contains(path);
  }

  /// Whether it is a file of the dashboard, or leads there. They hold no data, and a browser sends
  /// no token for them.
  static boolean isDashboard(String path) {
    return ENTRANCES.contains(path) || path.startsWith(Paths.UI) && !path.contains("..");
  }

  /// One of the pages' own files, all in one folder.
  private static boolean page(String path) {
    return path.startsWith(Paths.PAGES)
        && path.indexOf('/', Paths.PAGES.length()) < 0
        && !path.contains("..");
  }
}
