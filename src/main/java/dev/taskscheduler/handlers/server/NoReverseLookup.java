package dev.taskscheduler.handlers.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.stream.Stream;

/// Resolves names as usual, and answers reverse lookups without a query. Helidon makes one at each
/// new connection over TLS (`ConnectionHandler.createNioSocket`), and a name server that is slow to
/// answer would hold up the thread that all connections share. Nothing here needs such names.
public final class NoReverseLookup extends InetAddressResolverProvider {
  @Override
  public String name() {
    return "no-reverse-lookup";
  }

  @Override
  public InetAddressResolver get(Configuration configuration) {
    InetAddressResolver builtin = configuration.builtinResolver();
    return new InetAddressResolver() {
      @Override
      public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
          throws UnknownHostException {
        return builtin.lookupByName(host, policy);
      }

      @Override
      public String lookupByAddress(byte[] address) throws UnknownHostException {
        throw new UnknownHostException("reverse lookups are disabled");
      }
    };
  }
}
