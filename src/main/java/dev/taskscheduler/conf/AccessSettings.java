package dev.taskscheduler.conf;

import dev.taskscheduler.handlers.auth.AccessPolicy;
import dev.taskscheduler.handlers.auth.OriginRules;
import dev.taskscheduler.handlers.auth.PublicEndpoints;
import dev.taskscheduler.handlers.auth.TokenFile;
import dev.taskscheduler.handlers.files.FileError;
import dev.taskscheduler.handlers.tls.TlsIdentity;
import dev.taskscheduler.handlers.tls.Transport;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Reads the settings of access control, allowed origins and TLS.
final class AccessSettings {
  private static final String TOKENS = "API_TOKENS_FILE";
  private static final String OPEN = "API_OPEN";
  private static final String ORIGINS = "API_ALLOWED_ORIGINS";
  private static final String HOSTS = "API_ALLOWED_HOSTS";
  private static final String CERTIFICATE = "TLS_CERT";
  private static final String KEY = "TLS_KEY";
  private static final String NONE = "none";

  private AccessSettings() {}

  static AccessPolicy access(Settings settings) {
    Set<PublicEndpoints> open = settings.text(OPEN, names(), AccessSettings::areas);
    Optional<Path> file = settings.file(TOKENS);
    if (file.isPresent()) {
      switch (TokenFile.read(file.get())) {
        case TokenFile.Valid valid -> {
          return new AccessPolicy.Bearers(valid, open);
        }
        case TokenFile.Invalid invalid -> faults(settings, TOKENS, invalid.faults());
        case TokenFile.Unreadable unreadable ->
            faults(settings, TOKENS, List.of(unreadable.fault()));
      }
    }
    return new AccessPolicy.Everyone();
  }

  static OriginRules origins(Settings settings) {
    return new OriginRules(
        settings.text(ORIGINS, "", OriginRules::origins),
        settings.text(HOSTS, "", OriginRules::hosts));
  }

  static Transport transport(Settings settings) {
    return identity(settings, CERTIFICATE, KEY)
        .<Transport>map(Transport.Encrypted::new)
        .orElseGet(Transport.Plain::new);
  }

  /// The certificate and its key; empty where neither is set or one has an error.
  static Optional<TlsIdentity.Valid> identity(
      Settings settings, String certificateName, String keyName) {
    Optional<Path> certificate = settings.file(certificateName);
    Optional<Path> key = settings.file(keyName);
    if (certificate.isPresent() && key.isPresent()) {
      switch (TlsIdentity.read(certificate.get(), key.get())) {
        case TlsIdentity.Valid valid -> {
          return Optional.of(valid);
        }
        case TlsIdentity.Invalid invalid -> {
          faults(settings, certificateName, invalid.certificate());
          faults(settings, keyName, invalid.key());
        }
      }
    } else if (certificate.isPresent() && settings.valid(keyName)) {
      settings.fault(
          keyName,
          "",
          "the file with the private key of " + certificateName + ", or neither of the two");
    } else if (key.isPresent() && settings.valid(certificateName)) {
      settings.fault(
          certificateName,
          "",
          "the file with the certificate of " + keyName + ", or neither of the two");
    }
    return Optional.empty();
  }

  static void faults(Settings settings, String name, List<FileError> faults) {
    faults.forEach(fault -> settings.fault(name, fault.where(), fault.allowed()));
  }

  private static Set<PublicEndpoints> areas(String list) {
    Set<PublicEndpoints> areas = EnumSet.noneOf(PublicEndpoints.class);
    if (list.equalsIgnoreCase(NONE)) {
      return areas;
    }
    for (String name : list.split(",", -1)) {
      areas.add(
          Arrays.stream(PublicEndpoints.values())
              .filter(area -> area.name().equalsIgnoreCase(name.strip()))
              .findFirst()
              .orElseThrow(
                  () -> new IllegalArgumentException("a list of " + names() + "; or " + NONE)));
    }
    return areas;
  }

  private static String names() {
    return Arrays.stream(PublicEndpoints.values())
        .map(area -> area.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(","));
  }
}
