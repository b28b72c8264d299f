/**
 * Where labelled images come from: a folder, IDX files, and the icons with their endless stream.
 * Images leave here encoded, as a producer sends them. Decoding belongs in {@code image}, topics in
 * {@code kafka}.
 */
package dev.quadstream.dataset;
