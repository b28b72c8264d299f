package dev.quadstream.registry;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.Objects;

/**
 * The pointer to the model that is live, as the releases topic carries it under the network's name.
 *
 * @param identity of the live model
 * @param file where it lies
 * @param time of the decision, milliseconds since the epoch
 * @param asOf the run's newest version at that time
 * @param decision how it came to be live
 */
public record Release(
    @JsonUnwrapped ModelManifest.Identity identity,
    @JsonUnwrapped ModelManifest.File file,
    long time,
    long asOf,
    ReleaseDecision decision) {

  public Release {
    Objects.requireNonNull(decision, "decision");
  }
}
