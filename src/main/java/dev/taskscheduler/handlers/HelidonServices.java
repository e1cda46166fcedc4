package dev.taskscheduler.handlers;

import io.helidon.common.features.HelidonFeatures;
import io.helidon.common.features.api.HelidonFlavor;
import io.helidon.common.mapper.DefaultMapperProvider__ServiceDescriptor;
import io.helidon.common.mapper.DefaultResolverService__ServiceDescriptor;
import io.helidon.common.mapper.MappersFactory__ServiceDescriptor;
import io.helidon.config.Config;
import io.helidon.service.registry.ServiceRegistryConfig;
import io.helidon.service.registry.ServiceRegistryManager;
import io.helidon.service.registry.Services;

/// Provides the services that Helidon's parts request, without a search of the class path. These
/// are the mappers of header values, and an empty configuration, since Helidon is configured by
/// calls. To seek it reads a list in every jar, a fifth of the time of a node's start.
public final class HelidonServices {
  private HelidonServices() {}

  /// To be called in a process before anything of Helidon is used.
  public static void say() {
    // Features get the flavor that is named first, from a list in every jar: of one that is
    // not here, none.
    HelidonFeatures.flavor(HelidonFlavor.MP);
    // What may be deserialized besides is sought in every jar: nothing may.
    System.setProperty("helidon.serialFilter.ignoreFiles", "true");
    Services.registry(
        ServiceRegistryManager.create(
                ServiceRegistryConfig.builder()
                    .discoverServices(false)
                    .discoverServicesFromServiceLoader(false)
                    .addServiceDescriptor(DefaultMapperProvider__ServiceDescriptor.INSTANCE)
                    .addServiceDescriptor(DefaultResolverService__ServiceDescriptor.INSTANCE)
                    .addServiceDescriptor(MappersFactory__ServiceDescriptor.INSTANCE)
                    .putContractInstance(Config.class, Config.empty())
                    .build())
            .registry());
  }
}
