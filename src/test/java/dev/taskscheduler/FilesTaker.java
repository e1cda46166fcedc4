package dev.taskscheduler;

import dev.taskscheduler.conf.Logging;
import dev.taskscheduler.conf.SchedulerConfig;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/// [Main] with somebody in the same process who takes every file that may be open until the node's
/// listener has ended for want of one.
public final class FilesTaker {
  private FilesTaker() {}

  /// Runs a node and spoils its listener.
  public static void main(String[] args) throws IOException {
    SchedulerConfig config = SchedulerConfig.load(System.getenv());
    Logging.configure(config.log().format(), config.log().level());
    Deque<FileInputStream> taken = new ArrayDeque<>();
    try (SocketChannel client = SocketChannel.open()) { // before there are no files left
      ByteBuffer nothing = ByteBuffer.allocate(1);
      Node node = Main.start(config);
      try {
        while (true) {
          taken.push(new FileInputStream("/dev/null"));
        }
      } catch (IOException e) {
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), node.port()));
      }
      try {
        while (client.read(nothing) >= 0) {} // nobody has accepted it: it is reset
      } catch (IOException e) {
        System.out.println("the listener has ended: " + e.getMessage());
      }
    }
    for (FileInputStream file : taken) {
      file.close();
    }
  }
}
