package dev.quadstream.stream.operator;

import java.util.Optional;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;

/**
 * What waits in keyed state, by image id, and in the order in which it came: whoever comes last
 * waits for longest still. Each id waits once.
 */
final class WaitingById<T> {

  /** Number in the order, time since when it waits, value. */
  private final MapState<String, Tuple3<Long, Long, T>> byId;

  private final MapState<Long, String> inOrder;

  /** The first number that may be there, the next one to give, and how many are there. */
  private final ValueState<Tuple3<Long, Long, Long>> bounds;

  WaitingById(RuntimeContext context, String name, TypeInformation<T> type) {
    byId =
        context.getMapState(
            new MapStateDescriptor<>(
                name, Types.STRING, Types.TUPLE(Types.LONG, Types.LONG, type)));
    inOrder =
        context.getMapState(new MapStateDescriptor<>(name + "-order", Types.LONG, Types.STRING));
    bounds =
        context.getState(
            new ValueStateDescriptor<>(
                name + "-bounds", Types.TUPLE(Types.LONG, Types.LONG, Types.LONG)));
  }

  /** Something that waits. */
  record Entry<T>(String id, long since, T value) {}

  long size() throws Exception {
    return bounds().f2;
  }

  /** What waits under an id. */
  Optional<T> get(String id) throws Exception {
    return Optional.ofNullable(byId.get(id)).map(entry -> entry.f2);
  }

  /** Lets something wait behind all others, in place of what waits under its id. */
  void add(String id, long since, T value) throws Exception {
    remove(id);
    Tuple3<Long, Long, Long> now = bounds();
    inOrder.put(now.f1, id);
    byId.put(id, Tuple3.of(now.f1, since, value));
    bounds.update(Tuple3.of(now.f0, now.f1 + 1, now.f2 + 1));
  }

  /** Puts another value in the place of what waits under an id. */
  void replace(String id, T value) throws Exception {
    Tuple3<Long, Long, T> entry = byId.get(id);
    byId.put(id, Tuple3.of(entry.f0, entry.f1, value));
  }

  /** Takes out what waits under an id. */
  Optional<T> remove(String id) throws Exception {
    Tuple3<Long, Long, T> entry = byId.get(id);
    if (entry == null) {
      return Optional.empty();
    }
    byId.remove(id);
    inOrder.remove(entry.f0);
    Tuple3<Long, Long, Long> now = bounds();
    bounds.update(Tuple3.of(now.f0, now.f1, now.f2 - 1));
    return Optional.of(entry.f2);
  }

  /** What has waited for longest. */
  Optional<Entry<T>> oldest() throws Exception {
    Tuple3<Long, Long, Long> now = bounds();
    if (now.f2 == 0) {
      return Optional.empty();
    }
    long number = now.f0;
    String id = inOrder.get(number);
    while (id == null) {
      id = inOrder.get(++number);
    }
    if (number > now.f0) {
      bounds.update(Tuple3.of(number, now.f1, now.f2));
    }
    Tuple3<Long, Long, T> entry = byId.get(id);
    return Optional.of(new Entry<>(id, entry.f1, entry.f2));
  }

  private Tuple3<Long, Long, Long> bounds() throws Exception {
    Tuple3<Long, Long, Long> saved = bounds.value();
    return saved == null ? Tuple3.of(0L, 0L, 0L) : saved;
  }
}
