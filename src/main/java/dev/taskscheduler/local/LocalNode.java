package dev.taskscheduler.local;

import java.io.IOException;

/// Runs a node as a child of `./run`, and ends it, in order, when `./run` is gone: even one that
/// was killed leaves no node behind.
public final class LocalNode {
  private static final int AS_IF_TERMINATED = 143;

  private LocalNode() {}

  /// @param args the class to run
  public static void main(String[] args) throws ReflectiveOperationException {
    Thread.ofPlatform().name("parent-watch").daemon().start(LocalNode::endWithParent);
    // By name: nothing but the JVM may depend on Main.
    Class.forName(args[0]).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
  }

  /// The parent holds the other end of the input, writes nothing, and the system closes it with its
  /// life.
  private static void endWithParent() {
    try {
      while (System.in.read() >= 0) {
        // what is typed means nothing
      }
    } catch (IOException e) {
      // as good as its end
    }
    System.exit(AS_IF_TERMINATED);
  }
}
