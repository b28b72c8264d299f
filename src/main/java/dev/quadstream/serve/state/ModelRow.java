package dev.quadstream.serve.state;

/**
 * A model as the page lists it.
 *
 * @param version windows processed
 * @param createdAt milliseconds since the epoch
 * @param bytes the file's size
 * @param sha256 of the file
 * @param heldOut recall@1 on held-out images, or null
 * @param gallery leave-one-out recall@1 in the gallery, or null
 * @param alpha1 α₁ that it was published with
 * @param alpha2 α₂
 */
record ModelRow(
    long version,
    long createdAt,
    long bytes,
    String sha256,
    Double heldOut,
    Double gallery,
    double alpha1,
    double alpha2) {

  static ModelRow of(ModelsState.ModelEntry entry) {
    return new ModelRow(
        entry.manifest().identity().version(),
        entry.manifest().createdAt(),
        entry.manifest().file().bytes(),
        entry.manifest().file().sha256(),
        entry.heldOutRecallAt1(),
        entry.galleryRecallAt1(),
        entry.manifest().margins().alpha1(),
        entry.manifest().margins().alpha2());
  }
}
