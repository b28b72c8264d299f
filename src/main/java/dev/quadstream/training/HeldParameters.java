package dev.quadstream.training;

import dev.quadstream.network.NetworkState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Parameters that are at hand.
 *
 * @param end as of the end of the round
 * @param start as of the start of the round, moved by the merges taken in it; null where no {@link
 *     OuterStep} needs them
 */
public record HeldParameters(TrainedParameters end, TrainedParameters start)
    implements ContributedParameters {

  @Override
  public boolean areFinite() {
    return end.areFinite();
  }

  @Override
  public boolean hasStart() {
    return start != null;
  }

  /** The bytes of all values. */
  public long bytes() {
    long values = lengths().values().stream().mapToLong(Integer::longValue).sum();
    return (hasStart() ? 4 : 2) * Float.BYTES * values;
  }

  /** The number of values of each chain, by its name, in order. */
  public Map<String, Integer> lengths() {
    Map<String, Integer> lengths = new LinkedHashMap<>();
    end.iterate().chains().forEach(chain -> lengths.put(chain.name(), chain.parameters().length));
    return lengths;
  }

  @Override
  public ParameterReader open(ParameterStore store) {
    return new Reader(this);
  }

  private static final class Reader implements ParameterReader {
    private final HeldParameters parameters;
    private final Map<String, Integer> lengths;
    private int chain;
    private int read;

    Reader(HeldParameters parameters) {
      this.parameters = parameters;
      this.lengths = parameters.lengths();
    }

    @Override
    public Map<String, Integer> lengths() {
      return lengths;
    }

    @Override
    public void read(ParameterBlock into, int count) {
      NetworkState.Chain current = current();
      copy(current.parameters(), count, into.iterate());
      copy(parameters.end.average().parameters(current.name()), count, into.average());
      if (parameters.hasStart()) {
        copy(parameters.start.iterate().parameters(current.name()), count, into.startIterate());
        copy(parameters.start.average().parameters(current.name()), count, into.startAverage());
      }
      read += count;
    }

    private NetworkState.Chain current() {
      List<NetworkState.Chain> chains = parameters.end.iterate().chains();
      if (read == chains.get(chain).parameters().length) {
        read = 0;
        do {
          chain++;
        } while (chains.get(chain).parameters().length == 0);
      }
      return chains.get(chain);
    }

    private void copy(float[] from, int count, float[] to) {
      System.arraycopy(from, read, to, 0, count);
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }
}
