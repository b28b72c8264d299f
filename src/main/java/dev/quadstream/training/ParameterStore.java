package dev.quadstream.training;

/** Where what replicas bring to the merge lies until it is merged. */
public interface ParameterStore {

  /** For parameters that are all held. */
  ParameterStore NONE =
      stored -> {
        throw new IllegalStateException("Nothing is stored here, but asked for is " + stored + ".");
      };

  /** Reads parameters from the first on. */
  ParameterReader open(StoredParameters parameters);
}
