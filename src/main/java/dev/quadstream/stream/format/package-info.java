/**
 * The records between operators and in state, and how they are written: explicitly, field by field,
 * each value behind the version of its format. No Kryo, no Java serialisation, no reflection.
 */
package dev.quadstream.stream.format;
