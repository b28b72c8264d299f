package dev.quadstream.dataset.files;

import dev.quadstream.dataset.Part;
import dev.quadstream.dataset.Sighting;

/**
 * What a layout makes of a file's name.
 *
 * @param label the class, or null where the file is passed over
 * @param part where the dataset has parts, else null
 * @param sighting camera, time, and whether it is a distractor
 * @param passedOver why it is no image of the dataset, or null
 */
record Reading(String label, Part part, Sighting sighting, String passedOver) {

  static Reading of(String label, Part part, Sighting sighting) {
    return new Reading(label, part, sighting, null);
  }

  static Reading passedOver(String reason) {
    return new Reading(null, null, Sighting.UNKNOWN, reason);
  }
}
