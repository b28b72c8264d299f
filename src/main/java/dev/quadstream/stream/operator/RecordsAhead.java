package dev.quadstream.stream.operator;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.RecordPlace;
import java.util.function.Function;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * Records that came to the windows by one way ahead of what goes another: straight from their
 * decoder, and by the labels. In keyed state, which holds no more than is on its way.
 */
final class RecordsAhead {

  private final Function<ImageEvent, String> key;

  /**
   * By partition, up to which of its records the other way has come; a topic made anew counts on.
   */
  private final MapState<Integer, Long> passed;

  /** By image, which record is ahead. */
  private final MapState<String, Long> ahead;

  private RecordsAhead(
      KeyedStateStore store, String passed, String ahead, Function<ImageEvent, String> key) {
    this.key = key;
    this.passed = store.getMapState(new MapStateDescriptor<>(passed, Types.INT, Types.LONG));
    this.ahead = store.getMapState(new MapStateDescriptor<>(ahead, Types.STRING, Types.LONG));
  }

  /**
   * Straight ones ahead of pictures that got their label by the other way: those may be older, and
   * must not come back behind their removal or a newer one.
   */
  static RecordsAhead straight(KeyedStateStore store) {
    return new RecordsAhead(
        store,
        "records-passed",
        "records-ahead",
        event -> event.place().partition() + "/" + event.id());
  }

  /**
   * Images that got their label ahead of the news that they came without one, which must not take
   * out the image that it is of. All of an image lies in one partition.
   */
  static RecordsAhead labelled(KeyedStateStore store) {
    return new RecordsAhead(store, "replacements-told", "labelled-ahead", ImageEvent::id);
  }

  /** An event has come; a correction, which has no record here, is passed over. */
  void add(ImageEvent event) throws Exception {
    RecordPlace place = event.place();
    if (place == null) {
      return;
    }
    Long last = passed.get(place.partition());
    if (last == null || last < place.read()) {
      ahead.put(key.apply(event), place.read());
    }
  }

  /** Whether a later record of the image than this one is ahead. */
  boolean hasLater(ImageEvent event) throws Exception {
    Long last = ahead.get(key.apply(event));
    return last != null && last > event.place().read();
  }

  /**
   * A record has come by the other way, and with it all that come before it in its partition.
   *
   * @return whether it, or a later one of the image, was ahead
   */
  boolean pass(ImageEvent event) throws Exception {
    long read = event.place().read();
    passed.put(event.place().partition(), read);
    Long last = ahead.get(key.apply(event));
    if (last == null) {
      return false;
    }
    if (last <= read) {
      ahead.remove(key.apply(event));
    }
    return last >= read;
  }
}
