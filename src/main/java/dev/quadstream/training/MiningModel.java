package dev.quadstream.training;

import dev.quadstream.image.LabeledImage;
import dev.quadstream.metric.Margins;
import dev.quadstream.network.QuadrupletNetwork;
import java.util.Iterator;
import java.util.List;

/**
 * A published model as mining uses it. Not thread-safe, as its network is not.
 *
 * @param version windows that the trainer had processed
 * @param network used for inference only
 * @param margins α₁ and α₂ at that version
 * @param release the version that was live as of this one
 */
public record MiningModel(long version, QuadrupletNetwork network, Margins margins, long release) {

  /** A model that is live itself. */
  public MiningModel(long version, QuadrupletNetwork network, Margins margins) {
    this(version, network, margins, version);
  }

  /** The same with another version that was live as of it. */
  public MiningModel liveAsOf(long live) {
    return new MiningModel(version, network, margins, live);
  }

  /** One row an image, unit length. */
  float[][] embed(List<LabeledImage> images) {
    return network.embed(images.stream().map(LabeledImage::image).toList());
  }

  /** Under this model, also of exemplars that the memory has not come to embed with it. */
  float[][] embeddings(List<Exemplar> exemplars) {
    List<LabeledImage> stale =
        exemplars.stream()
            .filter(exemplar -> exemplar.modelVersion() != version)
            .map(Exemplar::image)
            .toList();
    Iterator<float[]> embedded = List.of(embed(stale)).iterator();
    return exemplars.stream()
        .map(
            exemplar -> exemplar.modelVersion() == version ? exemplar.embedding() : embedded.next())
        .toArray(float[][]::new);
  }
}
