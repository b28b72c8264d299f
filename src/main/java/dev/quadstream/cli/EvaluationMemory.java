package dev.quadstream.cli;

import dev.quadstream.dataset.DatasetSurvey;
import dev.quadstream.image.ImageShape;
import dev.quadstream.network.NetworkSpec;
import java.util.Collection;
import java.util.Locale;

/** What {@code evaluate} holds of its images, told before an hour's reading ends without heap. */
final class EvaluationMemory {

  /** A byte of each value, and a float of it to compare raw pixels. */
  private static final int BYTES_OF_VALUE = 1 + Float.BYTES;

  /** What the process takes besides: classes, codecs, blocks of distances. */
  private static final long BESIDES = 128L << 20;

  private static final double GIB = 1 << 30;

  private EvaluationMemory() {}

  /** How many images a dataset has of some classes. */
  static long images(DatasetSurvey survey, Collection<String> classes) {
    return survey.classSizes().entrySet().stream()
        .filter(entry -> classes.contains(entry.getKey()))
        .mapToLong(entry -> entry.getValue())
        .sum();
  }

  /**
   * Returns if there is heap enough.
   *
   * @param images of gallery and probes together
   * @param network that they are measured by
   * @param heap bytes that the process may have
   * @throws CommandException if there is not
   */
  static void require(long images, NetworkSpec network, long heap) {
    ImageShape shape = network.input();
    require(images, shape, (long) shape.size() * BYTES_OF_VALUE + network.reRankingBytes(), heap);
  }

  /** The same where pixels are embedded and not compared. */
  static void requireToEmbed(long images, NetworkSpec network, long heap) {
    require(images, network.input(), network.input().size(), heap);
  }

  private static void require(long images, ImageShape shape, long bytesOfAnImage, long heap) {
    long needed = images * bytesOfAnImage + BESIDES;
    if (needed > heap) {
      throw CommandException.failed(
          String.format(
              Locale.ROOT,
              "To compare %,d images of %s takes about %.1f GiB of heap, and there is %.1f GiB. Start with QUADSTREAM_JVM_OPTIONS=-Xmx%dg, or measure fewer images.",
              images,
              shape,
              needed / GIB,
              heap / GIB,
              (long) Math.ceil(needed * 1.1 / GIB)),
          null);
    }
  }
}
