package dev.quadstream.stream.format;

import dev.quadstream.metric.DistanceMeans;
import dev.quadstream.network.NetworkState;
import dev.quadstream.training.TrainedParameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** What the formats of parameters share. */
final class NetworkFields {

  private NetworkFields() {}

  static void writeState(NetworkState state, DataOutputView out) throws IOException {
    out.writeInt(state.chains().size());
    for (NetworkState.Chain chain : state.chains()) {
      out.writeUTF(chain.name());
      Fields.writeFloats(chain.parameters(), out);
      Fields.writeFloats(chain.updater(), out);
    }
    out.writeInt(state.iteration());
  }

  static NetworkState readState(DataInputView in) throws IOException {
    List<NetworkState.Chain> chains = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      chains.add(
          new NetworkState.Chain(in.readUTF(), Fields.readFloats(in), Fields.readFloats(in)));
    }
    return new NetworkState(chains, in.readInt());
  }

  static void writeParameters(TrainedParameters parameters, DataOutputView out) throws IOException {
    writeState(parameters.iterate(), out);
    writeState(parameters.average(), out);
  }

  static TrainedParameters readParameters(DataInputView in) throws IOException {
    return new TrainedParameters(readState(in), readState(in));
  }

  static void writeParametersOrNone(TrainedParameters parameters, DataOutputView out)
      throws IOException {
    out.writeBoolean(parameters != null);
    if (parameters != null) {
      writeParameters(parameters, out);
    }
  }

  static TrainedParameters readParametersOrNone(DataInputView in) throws IOException {
    return in.readBoolean() ? readParameters(in) : null;
  }

  static void writeMeans(DistanceMeans means, DataOutputView out) throws IOException {
    out.writeDouble(means.positive());
    out.writeDouble(means.negative());
  }

  static DistanceMeans readMeans(DataInputView in) throws IOException {
    return new DistanceMeans(in.readDouble(), in.readDouble());
  }
}
