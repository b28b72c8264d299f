package dev.quadstream.stream.operator;

import dev.quadstream.metric.DistanceMeans;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.file.ModelFormatException;
import dev.quadstream.network.file.ModelInfo;
import dev.quadstream.network.file.ModelParameters;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.training.MergedModel;
import dev.quadstream.training.TrainedParameters;
import java.util.Map;

/** What a model's file and manifest say beyond the parameters, for replicas that go on from it. */
final class MergedFacts {

  private static final String RUN = "run";
  private static final String MEAN_POSITIVE = "meanPositive";
  private static final String MEAN_NEGATIVE = "meanNegative";

  private MergedFacts() {}

  static Map<String, String> of(MergedModel model) {
    return Map.of(
        RUN, model.run(),
        MEAN_POSITIVE, Double.toString(model.means().positive()),
        MEAN_NEGATIVE, Double.toString(model.means().negative()));
  }

  /** The network as a manifest names it. */
  static ModelManifest.Network network(NetworkSpec spec) {
    return new ModelManifest.Network(
        spec.configHash(),
        spec.trunk().optionName(),
        spec.metric().optionName(),
        spec.embeddingSize(),
        spec.input().toString(),
        spec.backbone() == null ? null : spec.backbone().sha256());
  }

  /**
   * A version with all that is needed to go on from it. Version 0 is a model that was given: where
   * its file has no more than what is served, that is gone on from, with a warm-up.
   *
   * @throws IllegalArgumentException where a version that a run made lacks its means
   */
  static MergedModel of(String run, long version, ModelParameters model)
      throws ModelFormatException {
    if (model.iterate().isEmpty() && version > 0) {
      throw new ModelFormatException(
          "The file has no parameters that replicas can go on from, only those that are served.");
    }
    DistanceMeans means =
        version == 0 && !model.info().extra().containsKey(MEAN_NEGATIVE)
            ? DistanceMeans.UNDEFINED
            : meansOf(model.info());
    return new MergedModel(
        run,
        version,
        new TrainedParameters(model.iterate().orElse(model.average()), model.average()),
        means,
        !means.defined(),
        Map.of());
  }

  /**
   * The means of a file.
   *
   * @throws IllegalArgumentException where they are not there, or are no numbers
   */
  private static DistanceMeans meansOf(ModelInfo info) {
    return new DistanceMeans(number(info, MEAN_POSITIVE), number(info, MEAN_NEGATIVE));
  }

  private static double number(ModelInfo info, String name) {
    String text = info.extra().get(name);
    if (text == null) {
      throw new IllegalArgumentException("The model's file does not say its " + name + ".");
    }
    return Double.parseDouble(text);
  }
}
