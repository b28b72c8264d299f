package dev.quadstream.stream.options;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where images may be fetched from that records name by address. Whoever may write records must not
 * choose what the job reads.
 */
public final class ImageAddresses implements Serializable {

  private static final long serialVersionUID = 1L;
  private static final Pattern PREFIX = Pattern.compile("[a-z][a-z0-9+.-]*://.*/");

  /** A step up, also in the percent-encoding that some file systems undo. */
  private static final Pattern STEP_UP =
      Pattern.compile("(?:\\.|%2e){2}", Pattern.CASE_INSENSITIVE);

  private final List<String> prefixes;

  private ImageAddresses(List<String> prefixes) {
    this.prefixes = prefixes;
  }

  /**
   * Reads prefixes separated by commas.
   *
   * @param prefixes may be empty
   * @throws IllegalArgumentException naming one that is no folder's address
   */
  public static ImageAddresses of(String prefixes) {
    List<String> read =
        Stream.of(prefixes.split(",")).map(String::strip).filter(text -> !text.isEmpty()).toList();
    for (String prefix : read) {
      if (!PREFIX.matcher(prefix).matches() || STEP_UP.matcher(prefix).find()) {
        throw new IllegalArgumentException(
            "'%s' is no folder's address; expected is one that ends in a slash, such as s3://photos/ or file:///data/photos/."
                .formatted(prefix));
      }
    }
    return new ImageAddresses(List.copyOf(read));
  }

  /** Why nothing may be read from the address, or nothing if it may. */
  public Optional<String> refusal(String address) {
    if (prefixes.isEmpty()) {
      return Optional.of(
          "images are fetched from nowhere: set the option %s, or send the bytes"
              .formatted(ImageConfig.ADDRESSES.key()));
    }
    if (STEP_UP.matcher(address).find()) {
      return Optional.of("it has two dots in a row");
    }
    return folderOf(address).isPresent()
        ? Optional.empty()
        : Optional.of(
            "the option %s allows %s"
                .formatted(ImageConfig.ADDRESSES.key(), String.join(", ", prefixes)));
  }

  /** Which of the folders that are allowed an address is in. */
  public Optional<String> folderOf(String address) {
    return prefixes.stream().filter(address::startsWith).findFirst();
  }

  /** The folders that images may be fetched from, each an address that ends in a slash. */
  public List<String> folders() {
    return prefixes;
  }
}
