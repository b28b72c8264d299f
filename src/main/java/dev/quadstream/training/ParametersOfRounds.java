package dev.quadstream.training;

import java.util.Map;

/**
 * What a replica brought at the ends of two rounds that are merged as one: the later end, from
 * where what it ended with is what the replica learned in both.
 *
 * @param before of the earlier round
 * @param after of the later one
 */
record ParametersOfRounds(ContributedParameters before, ContributedParameters after)
    implements ContributedParameters {

  @Override
  public boolean areFinite() {
    return after.areFinite();
  }

  @Override
  public boolean hasStart() {
    return before.hasStart() && after.hasStart();
  }

  @Override
  public ParameterReader open(ParameterStore store) {
    return hasStart() ? new Reader(before.open(store), after.open(store)) : after.open(store);
  }

  private record Reader(ParameterReader before, ParameterReader after, ParameterBlock earlier)
      implements ParameterReader {

    Reader(ParameterReader before, ParameterReader after) {
      this(before, after, new ParameterBlock());
    }

    @Override
    public Map<String, Integer> lengths() {
      return after.lengths();
    }

    @Override
    public void read(ParameterBlock into, int count) {
      before.read(earlier, count);
      after.read(into, count);
      move(into.startIterate(), earlier.iterate(), earlier.startIterate(), count);
      move(into.startAverage(), earlier.average(), earlier.startAverage(), count);
    }

    /** By as far as it is from the end of the earlier round to its start. */
    private static void move(float[] values, float[] from, float[] to, int count) {
      for (int i = 0; i < count; i++) {
        float moved = (float) (values[i] + ((double) to[i] - from[i]));
        values[i] = Float.isFinite(moved) ? moved : to[i];
      }
    }

    @Override
    public void close() {
      before.close();
      after.close();
    }
  }
}
