package dev.quadstream.stream.operator;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.RecordPlace;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * Records that came to the windows straight from their decoder, ahead of what goes by the labels. A
 * picture that got its label there may be older, and must not come back behind its removal or a
 * newer one. In keyed state, which holds no more than is on its way.
 */
final class RecordsAhead {

  private static final MapStateDescriptor<Integer, Long> PASSED =
      new MapStateDescriptor<>("records-passed", Types.INT, Types.LONG);
  private static final MapStateDescriptor<String, Long> AHEAD =
      new MapStateDescriptor<>("records-ahead", Types.STRING, Types.LONG);

  /** By partition, up to which of its records have passed the labels. */
  private final MapState<Integer, Long> passed;

  /** By partition and image id, which record is ahead. */
  private final MapState<String, Long> ahead;

  RecordsAhead(KeyedStateStore store) {
    passed = store.getMapState(PASSED);
    ahead = store.getMapState(AHEAD);
  }

  /** An event has come straight; a correction, which has no record here, is passed over. */
  void add(ImageEvent event) throws Exception {
    RecordPlace place = event.place();
    if (place == null) {
      return;
    }
    Long last = passed.get(place.partition());
    if (last == null || last < place.read()) {
      ahead.put(keyOf(event), place.read());
    }
  }

  /** Whether a later record of the image has come before this image, which got its label later. */
  boolean supersede(ImageEvent labelled) throws Exception {
    Long later = ahead.get(keyOf(labelled));
    return later != null && later > labelled.place().read();
  }

  /** A record has passed the labels, and with it all that come before it in its partition. */
  void pass(ImageEvent event) throws Exception {
    long read = event.place().read();
    passed.put(event.place().partition(), read);
    Long last = ahead.get(keyOf(event));
    if (last != null && last <= read) {
      ahead.remove(keyOf(event));
    }
  }

  private static String keyOf(ImageEvent event) {
    return event.place().partition() + "/" + event.id();
  }
}
