package dev.quadstream.stream.operator;

import dev.quadstream.image.ImageEvent;
import java.time.Duration;
import org.apache.flink.api.common.state.ReducingState;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.windowing.triggers.Trigger;
import org.apache.flink.streaming.api.windowing.triggers.TriggerResult;
import org.apache.flink.streaming.api.windowing.windows.GlobalWindow;

/**
 * Closes a window at a number of images, at the same number of removals, or at a time after its
 * first event, whichever comes first, and at the end of the input whatever it holds.
 *
 * <p>Images and removals are counted apart, and either number closes the window: removals do not
 * thin out the windows that are trained on, and a stream of nothing but removals is neither held
 * back nor gathered without end.
 */
public final class CountOrTimeoutTrigger extends Trigger<ImageEvent, GlobalWindow> {

  private static final long serialVersionUID = 1L;

  private final int images;
  private final long timeoutMillis;

  private final ReducingStateDescriptor<Long> imageCount =
      new ReducingStateDescriptor<>("images", Long::sum, Types.LONG);
  private final ReducingStateDescriptor<Long> removalCount =
      new ReducingStateDescriptor<>("removals", Long::sum, Types.LONG);
  private final ReducingStateDescriptor<Long> deadline =
      new ReducingStateDescriptor<>("deadline", Math::min, Types.LONG);

  /**
   * A trigger.
   *
   * @param images closes at so many, or at so many removals
   * @param timeout closes so long after the first; zero for never
   */
  public CountOrTimeoutTrigger(int images, Duration timeout) {
    this.images = images;
    this.timeoutMillis = timeout.toMillis();
  }

  @Override
  public TriggerResult onElement(
      ImageEvent event, long timestamp, GlobalWindow window, TriggerContext context)
      throws Exception {
    ReducingState<Long> closesAt = context.getPartitionedState(deadline);
    if (timeoutMillis > 0 && closesAt.get() == null) {
      closesAt.add(context.getCurrentProcessingTime() + timeoutMillis);
      context.registerProcessingTimeTimer(closesAt.get());
    }
    context.registerEventTimeTimer(window.maxTimestamp());
    ReducingState<Long> held =
        context.getPartitionedState(event.isRemoval() ? removalCount : imageCount);
    held.add(1L);
    return held.get() < images ? TriggerResult.CONTINUE : close(window, context);
  }

  @Override
  public TriggerResult onProcessingTime(long time, GlobalWindow window, TriggerContext context)
      throws Exception {
    Long closesAt = context.getPartitionedState(deadline).get();
    return closesAt == null || time < closesAt ? TriggerResult.CONTINUE : close(window, context);
  }

  @Override
  public TriggerResult onEventTime(long time, GlobalWindow window, TriggerContext context)
      throws Exception {
    boolean endOfInput = time == window.maxTimestamp();
    boolean holdsSomething =
        context.getPartitionedState(imageCount).get() != null
            || context.getPartitionedState(removalCount).get() != null;
    return endOfInput && holdsSomething ? close(window, context) : TriggerResult.CONTINUE;
  }

  @Override
  public void clear(GlobalWindow window, TriggerContext context) throws Exception {
    ReducingState<Long> closesAt = context.getPartitionedState(deadline);
    if (closesAt.get() != null) {
      context.deleteProcessingTimeTimer(closesAt.get());
    }
    closesAt.clear();
    context.getPartitionedState(imageCount).clear();
    context.getPartitionedState(removalCount).clear();
  }

  private TriggerResult close(GlobalWindow window, TriggerContext context) throws Exception {
    clear(window, context);
    return TriggerResult.FIRE_AND_PURGE;
  }

  @Override
  public String toString() {
    return "CountOrTimeoutTrigger(" + images + " images, " + timeoutMillis + " ms)";
  }
}
