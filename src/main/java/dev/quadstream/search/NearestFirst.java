package dev.quadstream.search;

import java.util.Arrays;

/**
 * Sorts gallery indices by distance, nearest first; equal distances keep the order they came in.
 *
 * <p>A radix sort on the bits of the distances, which for floats of 0 and more order as the floats
 * do. It takes a tenth of the time of a comparison sort on 60,000 candidates, and sorting is most
 * of what an evaluation does.
 *
 * <p>Not thread-safe: it keeps scratch arrays.
 */
public final class NearestFirst {

  private static final int DIGIT_BITS = 11;
  private static final int DIGITS = 1 << DIGIT_BITS;
  private static final int KEY_BITS = 31;

  private final int[] counts = new int[DIGITS];
  private int[] indices;
  private int[] keys;
  private int[] spareIndices;
  private int[] spareKeys;

  /** For up to {@code capacity} candidates at a time. */
  public NearestFirst(int capacity) {
    indices = new int[capacity];
    keys = new int[capacity];
    spareIndices = new int[capacity];
    spareKeys = new int[capacity];
  }

  /**
   * Sorts.
   *
   * @param distances by gallery index, 0 or more
   * @param candidates gallery indices; the first {@code count} are sorted in place
   */
  public void sort(float[] distances, int[] candidates, int count) {
    for (int position = 0; position < count; position++) {
      indices[position] = candidates[position];
      keys[position] = Float.floatToRawIntBits(distances[candidates[position]]);
    }
    for (int shift = 0; shift < KEY_BITS; shift += DIGIT_BITS) {
      sortByDigit(shift, count);
    }
    System.arraycopy(indices, 0, candidates, 0, count);
  }

  private void sortByDigit(int shift, int count) {
    Arrays.fill(counts, 0);
    for (int position = 0; position < count; position++) {
      counts[digit(keys[position], shift)]++;
    }
    int start = 0;
    for (int digit = 0; digit < DIGITS; digit++) {
      int next = start + counts[digit];
      counts[digit] = start;
      start = next;
    }
    for (int position = 0; position < count; position++) {
      int target = counts[digit(keys[position], shift)]++;
      spareKeys[target] = keys[position];
      spareIndices[target] = indices[position];
    }
    swapWithSpare();
  }

  private static int digit(int key, int shift) {
    return (key >>> shift) & (DIGITS - 1);
  }

  private void swapWithSpare() {
    int[] sortedKeys = spareKeys;
    int[] sortedIndices = spareIndices;
    spareKeys = keys;
    spareIndices = indices;
    keys = sortedKeys;
    indices = sortedIndices;
  }
}
