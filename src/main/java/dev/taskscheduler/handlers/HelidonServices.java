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

/// Provides what Helidon's parts ask its service registry for, without a search: the mappers of
/// header values, and a configuration, which is empty, for all that Helidon is told is told by
/// calls. To seek it reads a list in every jar, a fifth of the time of a node's start.
public final class HelidonServices {
  private HelidonServices() {}

  /// To be called in a process before anything of Helidon is used.
  public static void say() {
    // Features are told of the flavor that is named first, from a list in every jar: of one that is
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
