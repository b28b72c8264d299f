package dev.quadstream.training;

/**
 * Parameters that lie in a file of their own: what is sent and kept in their place (claim check).
 *
 * @param file its path in the store
 * @param bytes of it
 * @param sha256 of it, 64 lower-case hexadecimal digits
 * @param areFinite whether those at the end of the round are all finite numbers
 * @param hasStart whether it has those at the start of the round, too
 * @param checkpoint the number of the last checkpoint before it was written, 0 before the first: a
 *     run that is set back to that one or an earlier one writes the file again
 */
public record StoredParameters(
    String file, long bytes, String sha256, boolean areFinite, boolean hasStart, long checkpoint)
    implements ContributedParameters {

  @Override
  public ParameterReader open(ParameterStore store) {
    return store.open(this);
  }
}
