package dev.quadstream.dataset.files;

import dev.quadstream.dataset.Part;
import dev.quadstream.dataset.Sighting;
import dev.quadstream.json.FieldLimits;
import dev.quadstream.json.TextEnds;
import java.text.Normalizer;

/**
 * What a layout makes of a file's name.
 *
 * @param label the class, or null where the file is passed over
 * @param part where the dataset has parts, else null
 * @param sighting camera, time, and whether it is a distractor
 * @param passedOver why it is no image of the dataset, or null
 */
record Reading(String label, Part part, Sighting sighting, String passedOver) {

  /** An image of a class, whose label is spelled as it would be where it came from Kafka. */
  static Reading of(String label, Part part, Sighting sighting) {
    String spelled = Normalizer.normalize(TextEnds.strip(label), Normalizer.Form.NFC);
    if (spelled.isEmpty()) {
      return passedOver("under a label of blanks alone");
    }
    return FieldLimits.problem(spelled, FieldLimits.MAX_LABEL_BYTES)
        .map(problem -> passedOver("under a label " + problem))
        .orElseGet(() -> new Reading(spelled, part, sighting, null));
  }

  static Reading passedOver(String reason) {
    return new Reading(null, null, Sighting.UNKNOWN, reason);
  }
}
