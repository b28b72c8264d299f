package dev.quadstream.experiment;

import dev.quadstream.evaluation.Interval;
import java.util.Map;

/**
 * What one pass over a dataset came to. Each accuracy is the share of test images classified
 * rightly, with its 95 % bootstrap interval over them.
 *
 * @param dataset name of the training images
 * @param trainingImages streamed once, in file order; also the gallery
 * @param testImages classified
 * @param rawPixels by the nearest training image in pixels
 * @param quadruplet by the nearest training image in the quadruplet network's embedding
 * @param classifier by the plain classifier's softmax
 * @param classifierEmbedding by the nearest training image in the plain classifier's embedding
 * @param options what was set otherwise than by default
 */
public record OnePassReport(
    String dataset,
    int trainingImages,
    int testImages,
    Interval rawPixels,
    Interval quadruplet,
    Interval classifier,
    Interval classifierEmbedding,
    Map<String, String> options) {}
