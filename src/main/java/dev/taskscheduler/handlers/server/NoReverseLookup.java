package dev.taskscheduler.handlers.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.stream.Stream;

/// Looks addresses up by name as the JDK does, and refuses to look a name up by address. Helidon
/// does the latter for each new connection over TLS (`ConnectionHandler.createNioSocket`): a client
/// whose name server does not answer would block one of the few carrier threads. ADR 12 says what
/// else was tried.
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
