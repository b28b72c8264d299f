package dev.quadstream.stream.format;

/**
 * What the embeddings topic is told of one image: its embedding now, or that it was removed.
 *
 * @param run the run that the version counts in; empty in a checkpoint of a program that left it
 *     out
 * @param id the image's id
 * @param label its class, or null where it was removed or came without one
 * @param modelVersion version of the model that made the embedding
 * @param window the window that it was made in
 * @param vector unit length, or null where the image was removed
 */
public record EmbeddingUpdate(
    String run, String id, String label, long modelVersion, long window, float[] vector) {

  /** Whether the image was removed. */
  public boolean isRemoval() {
    return vector == null;
  }
}
