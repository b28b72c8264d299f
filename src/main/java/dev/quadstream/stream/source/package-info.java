/**
 * The topics that the job reads, so that nothing is passed over in silence: a record that Kafka's
 * client cannot hand out is named, and those that an operator names are never fetched. A topic that
 * was deleted and made anew is told by its id, offsets that retention took are counted, and both
 * are logged; of images and labels both become a dead letter.
 */
package dev.quadstream.stream.source;
