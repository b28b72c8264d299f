/**
 * Images from Kafka so that nothing is passed over in silence: a topic that was deleted and made
 * anew is told by its id, offsets that retention took are counted, and both become a dead letter.
 */
package dev.quadstream.stream.source;
