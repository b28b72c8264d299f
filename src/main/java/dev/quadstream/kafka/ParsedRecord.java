package dev.quadstream.kafka;

/** What a record of the images topic says. */
public sealed interface ParsedRecord
    permits ImageReceived, ImageReferenced, ImageRemoved, RejectedRecord {}
