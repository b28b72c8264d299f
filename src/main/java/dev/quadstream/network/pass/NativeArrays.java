package dev.quadstream.network.pass;

import dev.quadstream.network.environment.NativeThreads;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Copies between Java arrays and the memory of contiguous FLOAT or DOUBLE arrays, whole rows at a
 * time: element-wise access checks type and bounds at each value.
 */
public final class NativeArrays {

  /** Values of a part: two of 16 kB stay in a core's nearest cache, and are cheap to allocate. */
  private static final int PART = 1 << 12;

  /** Values that one thread looks at; sums are added up slice after slice. */
  private static final int SLICE = 1 << 15;

  private NativeArrays() {}

  /** Writes {@code values} into {@code target} from element {@code offset} on. */
  public static void write(float[] values, INDArray target, long offset) {
    Pointer memory = target.data().addressPointer();
    if (memory instanceof FloatPointer floats) {
      new FloatPointer(floats).position(offset).put(values, 0, values.length);
      return;
    }
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    new DoublePointer((DoublePointer) memory).position(offset).put(wide, 0, wide.length);
  }

  /** Writes {@code values} into {@code target} from element {@code offset} on. */
  public static void write(double[] values, INDArray target, long offset) {
    Pointer memory = target.data().addressPointer();
    if (memory instanceof DoublePointer doubles) {
      new DoublePointer(doubles).position(offset).put(values, 0, values.length);
      return;
    }
    float[] narrow = new float[values.length];
    for (int i = 0; i < narrow.length; i++) {
      narrow[i] = (float) values[i];
    }
    new FloatPointer((FloatPointer) memory).position(offset).put(narrow, 0, narrow.length);
  }

  /** All values of {@code source} as floats; rounded where it holds doubles. */
  public static float[] floats(INDArray source) {
    return floats(source, new float[0]);
  }

  /**
   * The same, in an array that is used again.
   *
   * @param reuse is overwritten and returned where its length is that of {@code source}
   */
  public static float[] floats(INDArray source, float[] reuse) {
    float[] values =
        reuse.length == source.length() ? reuse : new float[Math.toIntExact(source.length())];
    if (source.dataType() == DataType.FLOAT) {
      ((FloatPointer) source.data().addressPointer()).get(values, 0, values.length);
      return values;
    }
    double[] wide = doubles(source);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) wide[i];
    }
    return values;
  }

  /** All values of {@code source} as doubles. */
  public static double[] doubles(INDArray source) {
    double[] values = new double[Math.toIntExact(source.length())];
    if (source.dataType() == DataType.DOUBLE) {
      ((DoublePointer) source.data().addressPointer()).get(values, 0, values.length);
      return values;
    }
    float[] narrow = floats(source);
    for (int i = 0; i < values.length; i++) {
      values[i] = narrow[i];
    }
    return values;
  }

  /**
   * Sets to 0 what is nearer to it than {@code least}, a part at a time: an updater's state may be
   * larger than half of the heap. Arrays of doubles, which have no use for it, stay as they are.
   */
  public static void clearBelow(float least, INDArray array) {
    if (array.dataType() != DataType.FLOAT) {
      return;
    }
    inSlices(
        array.length(),
        (slice, first, end) ->
            inParts(
                array,
                first,
                end,
                (values, count) -> {
                  boolean found = false;
                  for (int i = 0; i < count; i++) {
                    if (values[i] != 0 && Math.abs(values[i]) < least) {
                      values[i] = 0;
                      found = true;
                    }
                  }
                  return found;
                }));
  }

  /** Swaps the contents of two arrays of floats of one length, a part at a time. */
  public static void exchange(INDArray one, INDArray other) {
    inParts(
        one,
        other,
        (ofOne, ofOther, count) -> {
          for (int i = 0; i < count; i++) {
            float value = ofOne[i];
            ofOne[i] = ofOther[i];
            ofOther[i] = value;
          }
        });
  }

  /** Moves each value by a share of its way to the target's, a part at a time; both are floats. */
  public static void approach(float share, INDArray values, INDArray target) {
    inParts(
        values,
        target,
        (ofValues, ofTarget, count) -> {
          for (int i = 0; i < count; i++) {
            // Exactly the target where the share is 1.
            ofValues[i] = (1 - share) * ofValues[i] + share * ofTarget[i];
          }
        });
  }

  /** Looks at the first values of a part; says whether it has changed them. */
  private interface PartVisit {
    boolean changes(float[] values, int count);
  }

  private static void inParts(INDArray array, long first, long end, PartVisit visit) {
    FloatPointer memory = at(array, 0);
    float[] values = new float[(int) Math.min(PART, end - first)];
    for (long start = first; start < end; start += values.length) {
      int count = (int) Math.min(values.length, end - start);
      memory.position(start).get(values, 0, count);
      if (visit.changes(values, count)) {
        memory.position(start).put(values, 0, count);
      }
    }
  }

  /** Changes the first values of two parts. */
  private interface PartChange {
    void apply(float[] ofOne, float[] ofOther, int count);
  }

  private static void inParts(INDArray one, INDArray other, PartChange change) {
    inSlices(
        one.length(),
        (slice, first, end) -> {
          FloatPointer memory = at(one, 0);
          FloatPointer otherMemory = at(other, 0);
          float[] ofOne = new float[(int) Math.min(PART, end - first)];
          float[] ofOther = new float[ofOne.length];
          for (long start = first; start < end; start += ofOne.length) {
            int count = (int) Math.min(ofOne.length, end - start);
            memory.position(start).get(ofOne, 0, count);
            otherMemory.position(start).get(ofOther, 0, count);
            change.apply(ofOne, ofOther, count);
            memory.position(start).put(ofOne, 0, count);
            otherMemory.position(start).put(ofOther, 0, count);
          }
        });
  }

  private interface SliceVisit {
    void of(int slice, long first, long end);
  }

  private static void inSlices(long length, SliceVisit visit) {
    NativeThreads.forEach(
        slices(length),
        slice -> {
          long first = (long) slice * SLICE;
          visit.of(slice, first, Math.min(first + SLICE, length));
        });
  }

  private static int slices(long length) {
    return Math.toIntExact((length + SLICE - 1) / SLICE);
  }

  /** The sum of all values' squares, added up in double precision. */
  public static double sumOfSquares(INDArray source) {
    if (source.dataType() != DataType.FLOAT) {
      double sum = 0;
      for (double value : doubles(source)) {
        sum += value * value;
      }
      return sum;
    }
    double[] sums = new double[slices(source.length())];
    inSlices(
        source.length(),
        (slice, first, end) ->
            inParts(
                source,
                first,
                end,
                (values, count) -> {
                  double sum = sums[slice];
                  for (int i = 0; i < count; i++) {
                    sum += (double) values[i] * values[i];
                  }
                  sums[slice] = sum;
                  return false;
                }));
    double sum = 0;
    for (double ofSlice : sums) {
      sum += ofSlice;
    }
    return sum;
  }

  /**
   * Adds up arrays of floats in their order.
   *
   * @param parts at least one
   * @param target is given the sum
   * @param first the element to begin with, in each of them
   * @param count how many elements
   */
  static void sum(List<INDArray> parts, INDArray target, long first, int count) {
    float[] sum = new float[count];
    float[] values = new float[count];
    at(parts.get(0), first).get(sum, 0, count);
    for (INDArray part : parts.subList(1, parts.size())) {
      at(part, first).get(values, 0, count);
      for (int i = 0; i < count; i++) {
        sum[i] += values[i];
      }
    }
    at(target, first).put(sum, 0, count);
  }

  private static FloatPointer at(INDArray array, long element) {
    return new FloatPointer((FloatPointer) array.data().addressPointer()).position(element);
  }

  /** So many rows of equal length, as floats; rounded where they are doubles. */
  public static float[][] floatRows(INDArray source, int count) {
    float[] values = floats(source);
    int length = values.length / count;
    float[][] rows = new float[count][];
    for (int row = 0; row < count; row++) {
      rows[row] = Arrays.copyOfRange(values, row * length, (row + 1) * length);
    }
    return rows;
  }

  public static double[][] rows(INDArray matrix) {
    int columns = Math.toIntExact(matrix.size(1));
    double[] values = doubles(matrix);
    double[][] rows = new double[Math.toIntExact(matrix.size(0))][columns];
    for (int row = 0; row < rows.length; row++) {
      System.arraycopy(values, row * columns, rows[row], 0, columns);
    }
    return rows;
  }
}
