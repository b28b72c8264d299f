package dev.quadstream.stream.operator;

import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;

/** What an operator keeps of each replica in it, under the replica's key. */
final class ReplicaState<T> {

  private final AbstractStreamOperator<?> operator;
  private final ValueStateDescriptor<T> descriptor;
  private final ValueState<T> state;

  ReplicaState(
      AbstractStreamOperator<?> operator,
      KeyedStateStore store,
      ValueStateDescriptor<T> descriptor) {
    this.operator = operator;
    this.descriptor = descriptor;
    this.state = store.getState(descriptor);
  }

  List<Integer> keys() {
    return keys(operator, descriptor);
  }

  /** The keys that an operator has some state under. */
  static List<Integer> keys(AbstractStreamOperator<?> operator, StateDescriptor<?, ?> descriptor) {
    try (Stream<Integer> keys =
        operator
            .<Integer>getKeyedStateBackend()
            .getKeys(descriptor.getName(), VoidNamespace.INSTANCE)) {
      return keys.distinct().toList();
    }
  }

  /** The state under the current key, or null. */
  T value() throws Exception {
    return state.value();
  }

  void update(T value) throws Exception {
    state.update(value);
  }

  /** The state under a key, which is the current one from here on, or null. */
  T value(Integer key) throws Exception {
    operator.setCurrentKey(key);
    return state.value();
  }

  /** Forgets the state under a key, which is the current one from here on. */
  void clear(Integer key) throws Exception {
    operator.setCurrentKey(key);
    state.clear();
  }

  /** Sets the state under a key, which is the current one from here on. */
  void update(Integer key, T value) throws Exception {
    operator.setCurrentKey(key);
    state.update(value);
  }
}
