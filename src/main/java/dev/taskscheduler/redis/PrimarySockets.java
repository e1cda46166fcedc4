package dev.taskscheduler.redis;

import java.net.Socket;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;

/// Opens each socket to where the primary is at that moment.
final class PrimarySockets extends DefaultJedisSocketFactory {
  private final PrimaryLookup lookup;

  PrimarySockets(PrimaryLookup lookup, JedisClientConfig config) {
    super(config);
    this.lookup = lookup;
  }

  @Override
  protected HostAndPort getSocketHostAndPort() {
    RedisAddress primary = lookup.primary();
    HostAndPort address = new HostAndPort(primary.host(), primary.port());
    updateHostAndPort(address); // for the messages of Jedis
    return address;
  }

  @Override
  public Socket createSocket() {
    Socket socket = super.createSocket();
    lookup.connected(socket.getInetAddress());
    return socket;
  }
}
