package dev.quadstream.stream.format;

import dev.quadstream.training.ExemplarMemory;
import dev.quadstream.training.PublishingSchedule;
import java.util.List;

/**
 * The assembler of one shard as state holds it.
 *
 * @param run the run that the windows are numbered in
 * @param nextWindow number of the next window to arrive
 * @param publishing which versions of the run are published
 * @param memory the exemplars
 * @param waiting windows whose model has not arrived, oldest first
 */
public record ShardMemory(
    String run,
    long nextWindow,
    PublishingSchedule publishing,
    ExemplarMemory memory,
    List<ImageWindow> waiting) {}
