package dev.quadstream.serve.state;

import dev.quadstream.image.LabeledImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The gallery under one model version.
 *
 * @param version the model's version
 * @param createdAt when it was published, milliseconds since the epoch
 * @param images the gallery's images at that time
 * @param embeddings of the images, unit length
 * @param points where they lie on the map, [N][2]
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record MapFrame(
    long version,
    long createdAt,
    List<LabeledImage> images,
    float[][] embeddings,
    double[][] points) {

  /** A frame that keeps its bearings from the one before, which may be null. */
  public static MapFrame after(
      MapFrame previous,
      long version,
      long createdAt,
      List<LabeledImage> images,
      float[][] embeddings) {
    double[][] points = PlaneProjection.principalPlane(embeddings);
    if (previous != null) {
      Map<String, Integer> rowsBefore = previous.rowsById();
      int[] rows = new int[images.size()];
      double[][] before = new double[images.size()][];
      int common = 0;
      for (int row = 0; row < rows.length; row++) {
        Integer rowBefore = rowsBefore.get(images.get(row).id());
        if (rowBefore != null) {
          rows[common] = row;
          before[common++] = previous.points()[rowBefore];
        }
      }
      points =
          PlaneProjection.aligned(
              points,
              java.util.Arrays.copyOf(rows, common),
              java.util.Arrays.copyOf(before, common));
    }
    return new MapFrame(version, createdAt, images, embeddings, points);
  }

  /** The same where the image is not on it, else one that has all but that. */
  MapFrame without(String id) {
    int gone = rowOf(id);
    if (gone < 0) {
      return this;
    }
    int[] rows = IntStream.range(0, images.size()).filter(row -> row != gone).toArray();
    return new MapFrame(
        version,
        createdAt,
        IntStream.of(rows).mapToObj(images::get).toList(),
        IntStream.of(rows).mapToObj(row -> embeddings[row]).toArray(float[][]::new),
        IntStream.of(rows).mapToObj(row -> points[row]).toArray(double[][]::new));
  }

  private Map<String, Integer> rowsById() {
    Map<String, Integer> rows = new HashMap<>();
    for (int row = 0; row < images.size(); row++) {
      rows.put(images.get(row).id(), row);
    }
    return rows;
  }

  /** The row of an image, or −1. */
  public int rowOf(String id) {
    for (int row = 0; row < images.size(); row++) {
      if (images.get(row).id().equals(id)) {
        return row;
      }
    }
    return -1;
  }

  /** The points as little-endian 32-bit floats: x and y of each image in turn. */
  public byte[] pointBytes() {
    ByteBuffer bytes =
        ByteBuffer.allocate(points.length * 2 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (double[] point : points) {
      bytes.putFloat((float) point[0]).putFloat((float) point[1]);
    }
    return bytes.array();
  }
}
