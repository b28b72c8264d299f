/**
 * Where labelled images come from: icons and emoji with their endless stream, and in {@code files}
 * folders, lists and IDX files. Images leave here encoded, as a producer sends them. Decoding
 * belongs in {@code image}, topics in {@code kafka}.
 */
package dev.quadstream.dataset;
