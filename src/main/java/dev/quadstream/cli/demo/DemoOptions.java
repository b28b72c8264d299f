package dev.quadstream.cli.demo;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What the demo is asked to do.
 *
 * @param images stops after so many
 * @param unlabelled which share of them is streamed without labels, 0 to 0.95
 * @param duration stops after this time, or null for no limit
 * @param directory where broker, models, checkpoints and logs go; made if absent
 * @param webPorts ports for Flink's web page, of which the first that is free is taken
 * @param livePage whether to serve the live page, on port 8080 or another free one
 * @param keep whether broker and page stay when the stream has ended, until the demo is interrupted
 */
public record DemoOptions(
    int images,
    double unlabelled,
    Duration duration,
    Path directory,
    String webPorts,
    boolean livePage,
    boolean keep) {}
