package dev.quadstream.cli.ablation;

import dev.quadstream.dataset.ConceptSplit;
import dev.quadstream.dataset.IconCatalog;
import dev.quadstream.dataset.IconDataset;
import dev.quadstream.dataset.IconRenderer;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.stream.PipelineSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** The icons of a few concepts, so that measuring does not take longer than training. */
final class TestingTrials implements TrialSource {

  private static final int CONCEPTS = 60;

  @Override
  public String name() {
    return "few icons";
  }

  @Override
  public String protocol() {
    return "The icons of 60 concepts come in passes.";
  }

  @Override
  public Trial trial(int images, long seed, PipelineSettings settings) {
    IconCatalog catalog = IconCatalog.shared();
    IconRenderer renderer = new IconRenderer(catalog, IconRenderer.DEFAULT_SIDE);
    List<String> concepts = catalog.concepts().stream().sorted().limit(CONCEPTS).toList();
    ConceptSplit split = ConceptSplit.halves(concepts, seed);
    List<LabeledImage> drawings =
        new ArrayList<>(new IconDataset(catalog, renderer, split.streamed()).drawings());
    Collections.shuffle(drawings, new Random(seed));
    List<LabeledImage> stream = new ArrayList<>(images);
    while (stream.size() < images) {
      stream.add(drawings.get(stream.size() % drawings.size()));
    }
    return new Trial(
        stream,
        new HeldOutImages(new IconDataset(catalog, renderer, split.heldOut()).drawings(), seed));
  }
}
