package dev.quadstream.stream.operator;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.stream.format.ImageWindow;
import dev.quadstream.stream.options.Shards;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.windows.Window;
import org.apache.flink.util.Collector;

/** A closed window as one record. */
public final class CollectWindow<W extends Window>
    extends ProcessWindowFunction<ImageEvent, ImageWindow, Integer, W> {

  private static final long serialVersionUID = 1L;
  private static final long UNNUMBERED = -1;

  private final int shards;

  public CollectWindow(int shards) {
    this.shards = shards;
  }

  @Override
  public void process(
      Integer key, Context context, Iterable<ImageEvent> events, Collector<ImageWindow> out) {
    long start = System.nanoTime();
    List<ImageEvent> content = new ArrayList<>();
    events.forEach(content::add);
    out.collect(
        new ImageWindow(
            Shards.of(content.get(0).id(), shards),
            UNNUMBERED,
            content,
            System.nanoTime() - start));
  }
}
