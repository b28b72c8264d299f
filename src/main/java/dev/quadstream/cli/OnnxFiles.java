package dev.quadstream.cli;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.IconDataset;
import dev.quadstream.dataset.ImageReading;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageLimits;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.OnnxExport;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.file.LoadedModel;
import dev.quadstream.network.file.ModelInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A model as ONNX files, with pictures and what must come out for them, so that whoever runs the
 * files elsewhere can see whether they run them rightly.
 */
final class OnnxFiles {

  static final String EMBEDDER = "embedder.onnx";
  static final String PAIR = "pair.onnx";
  static final String GOLDEN = "golden.json";

  private static final int GOLDEN_IMAGES = 20;

  private OnnxFiles() {}

  /**
   * Writes the three files, over those of the same names.
   *
   * @param directory made if absent
   * @param sha256 of the model's own file
   */
  static void write(Path directory, LoadedModel model, String sha256) throws IOException {
    Files.createDirectories(directory);
    QuadrupletNetwork network = model.network();
    Map<String, String> facts = facts(network.spec(), model.info(), sha256);
    OutputFile.write(directory.resolve(EMBEDDER), OnnxExport.embedder(network, facts));
    OutputFile.write(directory.resolve(PAIR), OnnxExport.pairMetric(network, facts));
    OutputFile.write(directory.resolve(GOLDEN), JsonMessages.writeIndented(golden(network, facts)));
  }

  private static Map<String, String> facts(NetworkSpec spec, ModelInfo info, String sha256) {
    Map<String, String> facts = new LinkedHashMap<>(info.extra());
    facts.put("version", Long.toString(info.version()));
    facts.put("alpha1", Double.toString(info.alpha1()));
    facts.put("alpha2", Double.toString(info.alpha2()));
    facts.put("trunk", spec.trunk().optionName());
    facts.put("metric", spec.metric().optionName());
    facts.put("input", spec.input().toString());
    if (spec.backbone() != null) {
      facts.put("backboneSha256", spec.backbone().sha256());
      facts.put("backboneFeeding", spec.backbone().feeding());
    }
    facts.put("embeddingSize", Integer.toString(spec.embeddingSize()));
    facts.put("configHash", spec.configHash());
    facts.put("sourceSha256", sha256);
    return facts;
  }

  private static Map<String, Object> golden(QuadrupletNetwork network, Map<String, String> facts)
      throws IOException {
    ImageShape shape = network.spec().input();
    List<PixelImage> images = pictures(shape);
    float[][] embeddings = network.embed(images);
    int[] left = new int[images.size()];
    int[] right = new int[images.size()];
    for (int pair = 0; pair < left.length; pair++) {
      left[pair] = pair;
      right[pair] = (pair + 1) % left.length;
    }
    float[] distances =
        network.metric().distances(network.features(images, embeddings), left, right);
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int row = 0; row < left.length; row++) {
      Map<String, Object> golden = new LinkedHashMap<>();
      golden.put("pixels", images.get(row).pixels());
      if (network.spec().backbone() != null) {
        golden.put("features", network.contents(images.subList(row, row + 1)).get(0).values());
      }
      golden.put("embedding", embeddings[row]);
      golden.put("gToTheNext", distances[row]);
      rows.add(golden);
    }
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("model", facts);
    root.put("shape", List.of(shape.channels(), shape.height(), shape.width()));
    root.put("images", rows);
    return root;
  }

  /** Icons of so many concepts. */
  private static List<PixelImage> pictures(ImageShape shape) throws IOException {
    ImageReading reading = new ImageReading(new ImageDecoder(shape, ImageLimits.defaults()));
    Set<String> concepts = new HashSet<>();
    try (Stream<EncodedImage> icons = IconDataset.all().images()) {
      return icons
          .filter(icon -> concepts.add(icon.label()))
          .limit(GOLDEN_IMAGES)
          .map(icon -> reading.read(icon).orElseThrow().pixels())
          .toList();
    }
  }
}
