package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.dataset.ConceptSplit;
import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.HeldOutPart;
import dev.quadstream.dataset.IconCatalog;
import dev.quadstream.dataset.Part;
import dev.quadstream.dataset.files.DatasetOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFeedTest {

  @TempDir Path directory;

  @Test
  void aFolderComesShuffledTheSameWayEachTimeAndAnewInEachPass() throws IOException {
    TestingFolders.striped(directory, 4, 5);
    ImageFeed feed = ImageFeed.of(dataset(), null, 1);
    List<String> firstPass = ids(feed.images(0));

    assertThat(firstPass).hasSize(20).isNotEqualTo(firstPass.stream().sorted().toList());
    assertThat(ids(feed.images(0))).isEqualTo(firstPass);
    assertThat(ids(feed.images(1))).isNotEqualTo(firstPass).hasSameElementsAs(firstPass);
    assertThat(ids(ImageFeed.of(dataset(), 9L, 1).images(0))).isNotEqualTo(firstPass);
  }

  @Test
  void theHeldOutHalfOfTheClassesIsLeftOut() throws IOException {
    TestingFolders.striped(directory, 6, 2);
    ImageFeed feed = ImageFeed.of(dataset(), null, 1).withoutHeldOut(dataset(), 3);
    List<String> heldOut = ConceptSplit.of(dataset().open().labels(), 3).heldOut(HeldOutPart.BOTH);

    try (Stream<EncodedImage> images = feed.images(0)) {
      assertThat(images.map(EncodedImage::label).distinct())
          .hasSize(3)
          .doesNotContainAnyElementsOf(heldOut);
    }
  }

  @Test
  void idxFilesKeepTheirOrderWhereNoneIsAskedFor() throws IOException {
    TestingFolders.idx(directory, "train", 5);

    try (Stream<EncodedImage> images = ImageFeed.of(dataset(), null, 1).images(0)) {
      assertThat(images.map(EncodedImage::label)).containsExactly("0", "1", "0", "1", "0");
    }
  }

  @Test
  void iconsAreDrawnWithoutEndAndNeverTheHeldOutConcepts() throws IOException {
    ImageFeed feed =
        ImageFeed.of(new DatasetArgument("icons", DatasetOptions.of(Part.TRAIN)), null, 5);
    List<String> heldOut =
        ConceptSplit.of(IconCatalog.shared().concepts(), 5).heldOut(HeldOutPart.BOTH);

    assertThat(feed.size()).isEqualTo(ImageFeed.ENDLESS);
    assertThat(feed.classSizes().keySet()).doesNotContainAnyElementsOf(heldOut);
    // A memory takes an image of a known id for the same one, come again.
    assertThat(ids(feed.images(0).limit(9)))
        .doesNotContainAnyElementsOf(ids(feed.images(1).limit(9)));
    try (Stream<EncodedImage> images = feed.images(0)) {
      assertThat(images.limit(200).map(EncodedImage::label))
          .hasSize(200)
          .doesNotContainAnyElementsOf(heldOut);
    }
  }

  private DatasetArgument dataset() {
    return new DatasetArgument(directory.toString(), DatasetOptions.of(Part.TRAIN));
  }

  private static List<String> ids(Stream<EncodedImage> images) {
    try (images) {
      return images.map(EncodedImage::id).toList();
    }
  }
}
