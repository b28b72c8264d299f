package dev.quadstream.stream.operator;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.RecordPlace;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * Images that came to the windows with their label ahead of the news that they came without one.
 * The two go different ways, and that news must not take out the image that it is of. In keyed
 * state, which holds no more than is on its way.
 */
final class LabelledAhead {

  private static final MapStateDescriptor<Integer, Long> TOLD =
      new MapStateDescriptor<>("replacements-told", Types.INT, Types.LONG);
  private static final MapStateDescriptor<String, Long> AHEAD =
      new MapStateDescriptor<>("labelled-ahead", Types.STRING, Types.LONG);

  /** By partition, up to which of its records that news has come; a topic made anew counts on. */
  private final MapState<Integer, Long> told;

  /** By image id, which record is ahead; all of an image lies in one partition. */
  private final MapState<String, Long> ahead;

  LabelledAhead(KeyedStateStore store) {
    told = store.getMapState(TOLD);
    ahead = store.getMapState(AHEAD);
  }

  /** An image has come whose label had come apart from it. */
  void add(ImageEvent labelled) throws Exception {
    RecordPlace place = labelled.place();
    Long last = told.get(place.partition());
    if (last == null || last < place.read()) {
      ahead.put(labelled.id(), place.read());
    }
  }

  /** Whether the image that replaces others, or one of its id after it, has come with a label. */
  boolean isOf(ImageEvent replacement) throws Exception {
    long read = replacement.place().read();
    told.put(replacement.place().partition(), read);
    Long labelled = ahead.get(replacement.id());
    if (labelled == null) {
      return false;
    }
    if (labelled <= read) {
      ahead.remove(replacement.id());
    }
    return labelled >= read;
  }
}
