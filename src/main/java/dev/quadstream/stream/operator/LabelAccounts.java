package dev.quadstream.stream.operator;

import dev.quadstream.stream.format.LabelLedger;
import dev.quadstream.stream.format.LabelLedger.Place;
import dev.quadstream.stream.format.RecordFormats;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * Labels that wait for their image, and what has become of every record of labels: none waits or
 * goes without being accounted for. In keyed state.
 */
final class LabelAccounts {

  private final WaitingById<String> waiting;
  private final ValueState<LabelLedger> ledger;
  private final int capacity;

  /** At most {@code capacity} labels wait. */
  LabelAccounts(RuntimeContext context, int capacity) {
    this.waiting = new WaitingById<>(context, "labels", Types.STRING);
    this.ledger =
        context.getState(
            new ValueStateDescriptor<>(
                "label-ledger", RecordFormats.typeOf(RecordFormats.LABEL_LEDGER)));
    this.capacity = capacity;
  }

  LabelLedger ledger() throws Exception {
    LabelLedger saved = ledger.value();
    return saved == null ? LabelLedger.EMPTY : saved;
  }

  /** A record that was read has come to a place. */
  void read(Place place) throws Exception {
    ledger.update(ledger().read(place));
  }

  /** A label that was read waits; what cannot wait any more is pushed out. */
  void await(String id, long since, String label) throws Exception {
    end(id, Place.SUPERSEDED);
    waiting.add(id, since, label);
    read(Place.WAITING);
    while (waiting.size() > capacity) {
      end(waiting.oldest().orElseThrow().id(), Place.PUSHED_OUT);
    }
  }

  /** Ends the wait of an image's label, if one waits, which has come to that place. */
  Optional<String> end(String id, Place place) throws Exception {
    Optional<String> label = waiting.remove(id);
    if (label.isPresent()) {
      ledger.update(ledger().waited(place));
    }
    return label;
  }

  /**
   * Ends the wait of all that have waited since that time or longer.
   *
   * @return since when the oldest waits of those that are left
   */
  OptionalLong expire(long since) throws Exception {
    Optional<WaitingById.Entry<String>> oldest = waiting.oldest();
    while (oldest.isPresent() && oldest.get().since() <= since) {
      end(oldest.get().id(), Place.EXPIRED);
      oldest = waiting.oldest();
    }
    return oldest.isPresent() ? OptionalLong.of(oldest.get().since()) : OptionalLong.empty();
  }
}
