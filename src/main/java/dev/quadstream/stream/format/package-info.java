/**
 * How records are written between operators and into state: explicitly, field by field, each value
 * behind the version of its format. No Kryo, no Java serialisation, no reflection.
 */
package dev.quadstream.stream.format;
