package dev.quadstream.bench;

import dev.quadstream.network.TrunkKind;

/**
 * What is to be measured.
 *
 * @param work what is done
 * @param trunk the network; null for a matrix product
 * @param size images of a batch, or rows of a matrix
 */
record SubjectSpec(Work work, TrunkKind trunk, int size) {}
