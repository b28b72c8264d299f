/**
 * Where labelled images come from: IDX files, icons and emoji with their endless stream, and in
 * {@code files} folders and lists. Images leave here encoded, as a producer sends them. Decoding
 * belongs in {@code image}, topics in {@code kafka}.
 */
package dev.quadstream.dataset;
