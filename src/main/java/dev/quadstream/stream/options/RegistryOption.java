package dev.quadstream.stream.options;

import dev.quadstream.registry.RegistryException;

/** The registry knows its directory, and not the option that it came from. */
public final class RegistryOption {

  private RegistryOption() {}

  /** The failure as the job reports it: with the option to change. */
  public static RegistryException named(PipelineSettings settings, RegistryException failure) {
    return failure.within(
        "Option %s = %s"
            .formatted(JobConfig.REGISTRY_DIRECTORY.key(), settings.registryDirectory()));
  }
}
