package dev.quadstream.stream.operator;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.training.ImageWindow;
import dev.quadstream.training.WindowDealer;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.windows.Window;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A closed window as one record, numbered over the whole run. A job that starts without state
 * begins a run here, with a name of its own.
 */
public final class CollectWindow<W extends Window>
    extends ProcessWindowFunction<ImageEvent, ImageWindow, Integer, W> {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(CollectWindow.class);
  private static final ValueStateDescriptor<WindowDealer> DEALER =
      new ValueStateDescriptor<>("dealer", RecordFormats.typeOf(RecordFormats.WINDOW_DEALER));

  private final int replicas;
  private final int publishEvery;

  /**
   * Numbers windows for replicas that publish in an interval. After a restore with another interval
   * it holds from the first window on that had not been numbered.
   */
  public CollectWindow(int replicas, int publishEvery) {
    this.replicas = replicas;
    this.publishEvery = publishEvery;
  }

  @Override
  public void process(
      Integer key, Context context, Iterable<ImageEvent> events, Collector<ImageWindow> out)
      throws Exception {
    long start = System.nanoTime();
    List<ImageEvent> content = new ArrayList<>();
    events.forEach(content::add);
    ValueState<WindowDealer> state = context.globalState().getState(DEALER);
    WindowDealer dealer = dealer(state.value());
    out.collect(dealer.deal(content, System.nanoTime() - start));
    state.update(dealer.after(content));
  }

  private WindowDealer dealer(WindowDealer saved) {
    if (saved == null) {
      WindowDealer dealer = WindowDealer.ofNewRun(replicas, publishEvery);
      LOG.info("Run {} begins.", dealer.next().run());
      return dealer;
    }
    WindowDealer dealer = saved.publishingEvery(publishEvery);
    if (dealer != saved) {
      LOG.info(
          "A version ends every {} windows from window {} on, no longer every {}.",
          publishEvery,
          saved.next().number(),
          saved.publishing().interval());
    }
    return dealer;
  }
}
