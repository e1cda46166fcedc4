package dev.taskscheduler.leader.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.netty.NettyProtos.RaftNettyServerReplyProto;
import org.apache.ratis.proto.netty.NettyProtos.RaftNettyServerRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.ProtoUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// How members prove to each other who they are, and who is kept out by it.
@Timeout(60)
class RaftProofIT {
  private static final String OLD = "0123456789abcdef0123456789abcdef";
  private static final String NEW = "fedcba9876543210fedcba9876543210";
  private static final String PASSWORD = "of-a-test";
  private static final Duration WAIT = Duration.ofSeconds(3);

  @TempDir private static Path folder;
  private static RaftProtection.Certificates members;
  private static RaftProtection.Certificates stranger;
  private static RaftProtection.Certificates otherSigner;

  /// Members of three whose peers are not there.
  private static RaftPeers bySecret;

  private static RaftPeers byCertificate;

  @AfterAll
  static void stop() {
    bySecret.close();
    byCertificate.close();
  }

  private static RaftPeers alone(RaftProtection protection) {
    RaftPeers peers = new RaftPeers(3).protect(protection);
    peers.start(0);
    return peers;
  }

  @BeforeAll
  static void certificates() throws Exception {
    keytool("-genkeypair", "-alias", "ca", "-dname", "CN=ca", "-ext", "bc:c");
    keytool("-genkeypair", "-alias", "ca2", "-dname", "CN=ca", "-ext", "bc:c");
    members = signed("members", "ca", "san=dns:n0,dns:n1,dns:n2");
    stranger = signed("stranger", "ca", "san=dns:n9,ip:127.0.0.9");
    otherSigner = signed("other", "ca2", "san=dns:n0,dns:n1,dns:n2");
    bySecret = alone(secret("rotated", NEW, OLD));
    byCertificate = alone(members);
  }

  private static RaftProtection.Certificates signed(String name, String signer, String names)
      throws Exception {
    keytool("-genkeypair", "-alias", name, "-dname", "CN=n1", "-ext", names, "-signer", signer);
    var store = java.security.KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(folder.resolve("store.p12"))) {
      store.load(in, PASSWORD.toCharArray());
    }
    var files =
        new RaftProtection.Certificates(
            folder.resolve(name + ".crt"), folder.resolve(name + ".key"), folder.resolve("ca.crt"));
    Files.writeString(
        files.certificate(), pem("CERTIFICATE", store.getCertificate(name).getEncoded()));
    Files.writeString(
        files.key(), pem("PRIVATE KEY", store.getKey(name, PASSWORD.toCharArray()).getEncoded()));
    Files.writeString(files.signers(), pem("CERTIFICATE", store.getCertificate("ca").getEncoded()));
    return files;
  }

  private static String pem(String what, byte[] bytes) {
    String lines = java.util.Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return "-----BEGIN " + what + "-----\n" + lines + "\n-----END " + what + "-----\n";
  }

  private static void keytool(String... more) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(more));
    command.addAll(
        List.of(
            "-keyalg",
            "EC",
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD,
            "-keystore",
            folder.resolve("store.p12").toString()));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(keytool.getInputStream().readAllBytes());
    assertTrue(keytool.waitFor(30, TimeUnit.SECONDS), output);
    assertEquals(0, keytool.exitValue(), output);
  }

  private static RaftProtection.Secret secret(String name, String... lines) throws IOException {
    return new RaftProtection.Secret(
        Files.writeString(folder.resolve(name), String.join("\n", lines)));
  }

  private static byte[] vote(RaftPeers peers, String from, long term) {
    return RaftNettyServerRequestProto.newBuilder()
        .setRequestVoteRequest(
            RequestVoteRequestProto.newBuilder()
                .setServerRequest(
                    RaftRpcRequestProto.newBuilder()
                        .setRequestorId(ByteString.copyFromUtf8(from))
                        .setReplyId(ByteString.copyFromUtf8("n0"))
                        .setRaftGroupId(
                            ProtoUtils.toRaftGroupIdProtoBuilder(
                                RaftGroupId.valueOf(peers.config(0).groupId())))
                        .setCallId(1))
                .setCandidateTerm(term))
        .build()
        .toByteArray();
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(10_000);
    return socket;
  }

  /// Asks member n0 for its vote, as a member that is configured so would.
  private static void ask(RaftPeers peers, RaftConfig as, String from) throws IOException {
    ask(peers, as, from, peers.nodes().getFirst().port());
  }

  private static void ask(RaftPeers peers, RaftConfig as, String from, int port)
      throws IOException {
    try (Socket socket = connect(port);
        PeerConnection connection = PeerProof.of(as).call(socket, peers.nodes().getFirst())) {
      long term = peers.peer(0).term() + 1_000;
      connection.send(vote(peers, from, term));
      var reply = RaftNettyServerReplyProto.parseFrom(connection.receive(1 << 20, WAIT));
      assertEquals(term, reply.getRequestVoteReply().getTerm());
    }
  }

  private static RaftConfig as(RaftPeers peers, String id, RaftProtection protection) {
    RaftConfig one = peers.config(1);
    return new RaftConfig(
        one.group(),
        new RaftNode(id, one.bind().host(), one.bind().port()),
        one.dataDir(),
        one.listed(),
        one.bootstrap(),
        one.electionMin(),
        one.electionMax(),
        protection);
  }

  private static void refused(RaftPeers peers, RaftConfig as, String from) {
    long before = peers.peer(0).term();
    assertThrows(IOException.class, () -> ask(peers, as, from));
    assertTrue(peers.peer(0).term() < before + 1_000, "it took no notice");
  }

  @Test
  void members_that_share_a_secret_elect_and_transfer() throws IOException {
    try (RaftPeers peers = new RaftPeers(3).protect(secret("shared", OLD)).startAll()) {
      int leader = peers.awaitNominee();
      int next = peers.transferFrom(leader);
      peers.stop(next);
      peers.awaitNomineeOtherThan(next);
    }
  }

  @Test
  void members_with_certificates_elect_and_transfer() {
    try (RaftPeers peers = new RaftPeers(3).protect(members).startAll()) {
      int leader = peers.awaitNominee();
      int next = peers.transferFrom(leader);
      peers.stop(next);
      peers.awaitNomineeOtherThan(next);
    }
  }

  @Test
  void who_does_not_prove_the_secret_is_not_heard() throws IOException {
    RaftPeers peers = bySecret;
    refused(peers, as(peers, "n1", secret("wrong", OLD.replace('0', '1'))), "n1");
    refused(peers, as(peers, "n1", new RaftProtection.None()), "n1");
    RaftProtection right = secret("right", OLD);
    refused(peers, as(peers, "n9", right), "n9"); // knows the secret, is no member
    refused(peers, as(peers, "n1", right), "n2"); // a member that says it is another
    RaftConfig elsewhere = as(peers, "n1", right);
    refused(
        peers,
        new RaftConfig(
            "another",
            elsewhere.bind(),
            elsewhere.dataDir(),
            elsewhere.listed(),
            elsewhere.bootstrap(),
            elsewhere.electionMin(),
            elsewhere.electionMax(),
            right),
        "n1");
    ask(peers, as(peers, "n1", right), "n1");
  }

  @Test
  void a_frame_without_its_seal_is_not_read() throws IOException {
    RaftPeers peers = bySecret;
    long term = peers.peer(0).term();
    try (Socket socket = connect(peers.nodes().getFirst().port());
        PeerConnection connection =
            PeerProof.of(as(peers, "n1", secret("seal", OLD)))
                .call(socket, peers.nodes().getFirst())) {
      FrameSeal other = FrameSeal.of(NEW.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      connection.seal(other, other);
      connection.send(vote(peers, "n1", term + 1_000));
      assertThrows(IOException.class, () -> connection.receive(1 << 20, WAIT));
    }
    assertTrue(peers.peer(0).term() < term + 1_000);
  }

  @Test
  void a_recorded_connection_cannot_be_replayed() throws Exception {
    RaftProtection right = secret("replay", OLD);
    var recorded = new ByteArrayOutputStream();
    RaftPeers peers = bySecret;
    try (ServerSocket between = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread relay =
          Thread.ofVirtual().start(() -> relay(between, peers.nodes().getFirst().port(), recorded));
      ask(peers, as(peers, "n1", right), "n1", between.getLocalPort());
      relay.join(Duration.ofSeconds(5));
      byte[] bytes = recorded.toByteArray();
      assertTrue(bytes.length > 150, "the whole conversation");
      try (Socket again = connect(peers.nodes().getFirst().port())) {
        again.getOutputStream().write(bytes);
        byte[] answered = answered(again);
        assertTrue(answered.length <= 33, "a challenge, and nothing more: " + answered.length);
      }
    }
  }

  private static byte[] answered(Socket socket) {
    var bytes = new ByteArrayOutputStream();
    try {
      int read;
      while ((read = socket.getInputStream().read()) >= 0) {
        bytes.write(read);
      }
    } catch (IOException e) {
      return bytes.toByteArray(); // reset
    }
    return bytes.toByteArray();
  }

  private static void relay(ServerSocket between, int port, ByteArrayOutputStream recorded) {
    try (Socket caller = between.accept();
        Socket called = connect(port)) {
      Thread back =
          Thread.ofVirtual().start(() -> pump(called, caller, new ByteArrayOutputStream()));
      pump(caller, called, recorded);
      called.shutdownOutput();
      back.join(Duration.ofSeconds(5));
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void pump(Socket from, Socket to, ByteArrayOutputStream recorded) {
    byte[] buffer = new byte[4096];
    try {
      int read;
      while ((read = from.getInputStream().read(buffer)) > 0) {
        recorded.write(buffer, 0, read);
        to.getOutputStream().write(buffer, 0, read);
      }
    } catch (IOException e) {
      System.getLogger("relay").log(System.Logger.Level.DEBUG, "ended", e);
    }
  }

  @Test
  void a_handshake_that_goes_slowly_is_ended() throws IOException {
    long start = System.nanoTime();
    try (Socket secret = connect(bySecret.nodes().getFirst().port());
        Socket tls = connect(byCertificate.nodes().getFirst().port())) {
      secret.getOutputStream().write(100); // announces a hello, and sends none of it
      tls.getOutputStream().write(0x16); // the first byte of TLS
      answered(secret);
      answered(tls);
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    Duration most = IncomingConnections.PROVE_WITHIN.plusSeconds(2);
    assertTrue(took.compareTo(most) < 0, took.toString());
  }

  @Test
  void a_secret_is_changed_while_members_run() throws IOException {
    RaftPeers peers = bySecret;
    ask(peers, as(peers, "n1", secret("not-yet", OLD)), "n1");
    ask(peers, as(peers, "n1", secret("already", NEW)), "n1");
  }

  @Test
  void who_shows_no_certificate_of_a_member_is_not_heard() throws IOException {
    RaftPeers peers = byCertificate;
    refused(peers, as(peers, "n1", otherSigner), "n1");
    refused(peers, as(peers, "n1", stranger), "n1");
    refused(peers, as(peers, "n9", stranger), "n9");
    refused(peers, as(peers, "n1", secret("no-tls", OLD)), "n1");
    refused(peers, as(peers, "n1", new RaftProtection.None()), "n1");
    ask(peers, as(peers, "n1", members), "n1");
  }

  @Test
  void a_called_member_must_prove_itself_too() throws IOException {
    try (RaftPeers peers = new RaftPeers(3).protect(stranger)) {
      peers.start(0);
      IOException refused =
          assertThrows(IOException.class, () -> ask(peers, as(peers, "n1", members), "n1"));
      assertTrue(String.valueOf(refused.getMessage()).contains("n0"), refused.toString());
    }
  }

  @Test
  void changed_files_are_read_again_and_faulty_ones_left_out() throws IOException {
    Path file = secret("reloaded", OLD).file();
    Reloaded<String> text =
        new Reloaded<>(
            List.of(file),
            () -> {
              String read = Files.readString(file);
              if (read.isEmpty()) {
                throw new IOException("empty");
              }
              return read;
            },
            Duration.ZERO);
    Files.writeString(file, "another text");
    assertEquals("another text", text.get());
    Files.writeString(file, "");
    assertEquals("another text", text.get());
  }
}
