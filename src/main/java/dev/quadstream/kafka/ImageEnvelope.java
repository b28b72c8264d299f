package dev.quadstream.kafka;

import java.util.Optional;

/** The fields of a JSON record of the images topic, of the right types but not checked further. */
@SuppressWarnings("ArrayRecordComponent") // Raw bytes, never compared.
record ImageEnvelope(Optional<String> id, Optional<String> label, byte[] image) {}
