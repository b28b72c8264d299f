package dev.quadstream.stream;

import dev.quadstream.training.ExemplarMemory;
import java.util.List;

/**
 * The assembler of one shard as state holds it.
 *
 * @param run the run that the windows are numbered in
 * @param nextWindow number of the next window to arrive
 * @param memory the exemplars
 * @param waiting windows whose model has not arrived, oldest first
 */
public record ShardMemory(
    String run, long nextWindow, ExemplarMemory memory, List<ImageWindow> waiting) {}
