package dev.quadstream.dataset.files;

import static java.nio.charset.StandardCharsets.UTF_16;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.quadstream.dataset.DatasetException;
import dev.quadstream.dataset.DatasetSurvey.PassedOver;
import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.dataset.Part;
import dev.quadstream.dataset.Sighting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageListTest {

  @TempDir private Path directory;

  private TestingTree tree;

  @BeforeEach
  void write() throws IOException {
    tree = new TestingTree(directory).png("a.png", "sub/b.png", "c d.png");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.png,ada\nsub/b.png,grace\nc d.png,ada\n",
        "path,label\r\na.png,ada\r\nsub/b.png,grace\r\n\"c d.png\",ada\r\n",
        "\uFEFFlabel;file\nada;a.png\ngrace;./sub/b.png\nada;c d.png\n",
        "a.png\tada\n\nsub/b.png\tgrace\nc d.png\tada\n",
        "a.png ada\nsub/b.png grace\nc d.png ada\n",
        "a.png ada c1\nsub/b.png grace c2\nc d.png ada c1\n",
        "a.png ada\nsub/b grace\nc d.png ada\n",
        "# my list\n\na.png ada\n## more\nsub/b.png grace\nc d.png ada\n",
        "#label,path\nada,a.png\ngrace,sub/b.png\n",
        "3\nimage_name item_id\na.png ada\nsub/b.png grace\n",
        "id,filename,label\n1,a.png,ada\n2,sub/b.png,grace\n3,c d.png,ada\n",
        "item_id,file_name,product_id,camera_id\n1,a.png,ada,1\n2,sub/b.png,grace,2\n",
        "id,label\na.png,ada\nsub/b.png,grace\n",
        "id,breed\na,ada\nsub/b,grace\n",
        "name,label,id\na.png,ada,1\nsub/b.png,grace,2\n",
        "Image,Id\na.png,ada\nsub/b.png,grace\n",
        "path,label\r\r\na.png,ada\r\r\nsub/b.png,grace\r\r\n\"c d.png\",ada\r\r\n",
        "# of\n# the\n# garden\n\na.png,ada\nsub/b.png,grace\nc d.png,ada\n",
        "a.png,\na.png,ada\nsub/b.png,grace\n",
        "posting_id,image,title,label_group\n1,a.png,\"a, b\",ada\n2,sub/b.png,c,grace\n",
      })
  void pathsAndLabelsAreReadInEveryCustomaryForm(String content) throws IOException {
    ImageDataset dataset = open(content, Part.TRAIN);

    assertThat(dataset.survey().layout()).contains("list");
    assertThat(images(dataset))
        .extracting(EncodedImage::id, EncodedImage::label)
        .contains(tuple("images/a.png", "ada"), tuple("images/sub/b.png", "grace"));
    assertThat(dataset.survey().passedOver()).isEmpty();
  }

  @Test
  void aSpreadsheetsUnicodeTextIsRead() throws IOException {
    Path list = tree.file("images.txt");
    Files.write(
        list, "path\tlabel\r\na.png\tada\r\nsub/b.png\tgrace\r\n#1.png\tada\r\n".getBytes(UTF_16));

    ImageDataset dataset = Datasets.open(list, DatasetOptions.of(Part.TRAIN));

    assertThat(images(dataset)).extracting(EncodedImage::label).containsExactly("ada", "grace");
    assertThat(dataset.survey().passedOver())
        .extracting(PassedOver::example)
        .containsExactly("#1.png");
  }

  @Test
  void blanksThatNobodySeesMakeNoOtherClass() throws IOException {
    ImageDataset dataset =
        open("a.png,ada\nsub/b.png,ada\u00a0\nc d.png,grace\na.png,ada\u200b\n", Part.TRAIN);

    assertThat(dataset.labels()).containsExactly("ada", "grace");
    assertThat(dataset.survey().warnings()).isEmpty();
  }

  @Test
  void furtherColumnsAreCameraSplitAndTime() throws IOException {
    String content =
        """
        path,label,camera,split,captured-at
        a.png,ada,c1,train,1700000000000
        sub/b.png,grace,,train,2026-01-31T12:00:00Z
        c d.png,ada,c2,query,
        """;

    assertThat(images(open(content, Part.TRAIN)))
        .extracting(EncodedImage::sighting)
        .containsExactly(
            new Sighting("c1", 1_700_000_000_000L, false),
            new Sighting(null, 1_769_860_800_000L, false));
    assertThat(open(content, Part.ALL).size()).isEqualTo(3);
  }

  @Test
  void aPathWithBlanksBetweenBlanksEndsAsNamesOfImagesDo() throws IOException {
    assertThat(images(open("a.png ada c1\nsub/b.png grace c1\nc d.png ada c2\n", Part.TRAIN)))
        .extracting(EncodedImage::id, EncodedImage::label, image -> image.sighting().camera())
        .containsExactlyInAnyOrder(
            tuple("images/a.png", "ada", "c1"),
            tuple("images/sub/b.png", "grace", "c1"),
            tuple("images/c d.png", "ada", "c2"));
    assertThat(images(open("c d.png ada\na.png grace\n", Part.TRAIN)))
        .extracting(EncodedImage::id, EncodedImage::label)
        .containsExactlyInAnyOrder(tuple("images/a.png", "grace"), tuple("images/c d.png", "ada"));
  }

  @Test
  void whatIsNotThereIsPassedOverAndNamed() throws IOException {
    ImageDataset dataset =
        open("a.png,ada\nsub/b.png,grace\ngone.png,grace\nc d.png,\n", Part.TRAIN);

    assertThat(dataset.size()).isEqualTo(2);
    assertThat(dataset.survey().passedOver())
        .containsExactlyInAnyOrder(
            new PassedOver("not there", List.of("gone.png")),
            new PassedOver("without a label in the list", List.of("c d.png")));
  }

  @Test
  void aHeaderThatIsNotUnderstoodIsSaid() {
    assertThatThrownBy(() -> open("photo,flower\nnowhere.png,rose\n", Part.TRAIN))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("call two of them 'path' and 'label'");
  }

  @Test
  void anImageUnderTwoLabelsIsSaid() throws IOException {
    ImageDataset dataset = open("a.png,ada\nsub/b.png,grace\na.png,grace\n", Part.TRAIN);

    assertThat(dataset.size()).isEqualTo(2);
    assertThat(dataset.survey().warnings())
        .singleElement()
        .satisfies(warning -> assertThat(warning).contains("line 3", "'grace'", "'ada'"));

    ImageDataset boxes =
        open("a.png,ada\nsub/b.png,grace\n" + "a.png,grace\n".repeat(3), Part.TRAIN);
    assertThat(boxes.survey().warnings())
        .singleElement()
        .satisfies(warning -> assertThat(warning).contains("line 3", "2 lines more"));
  }

  @Test
  void anImageUnderTwoPartsIsSaid() throws IOException {
    ImageDataset dataset =
        open(
            "path,label,camera,split\n"
                + "a.png,ada,c1,query\n"
                + "sub/b.png,grace,c1,query\n"
                + "a.png,ada,c2,gallery\n"
                + "sub/b.png,grace,c1,query\n",
            Part.ALL);

    assertThat(dataset.size()).isEqualTo(2);
    assertThat(dataset.survey().warnings())
        .singleElement()
        .satisfies(
            warning ->
                assertThat(warning)
                    .contains(
                        "'ada' of the part query by camera c1",
                        "line 4",
                        "'ada' of the part gallery by camera c2"));
  }

  @Test
  void imagesWithoutASplitBelongToAllAndAreToldOtherwise() throws IOException {
    String content = "path,label,split\na.png,ada,train\nsub/b.png,grace,train\nc d.png,edsger,\n";

    ImageDataset all = open(content, Part.ALL);
    assertThat(all.labels()).containsExactly("ada", "edsger", "grace");
    assertThat(all.survey().warnings()).isEmpty();
    assertThat(all.survey().leftOut()).isEmpty();

    ImageDataset train = open(content, Part.TRAIN);
    assertThat(train.labels()).containsExactly("ada", "grace");
    assertThat(train.survey().warnings())
        .singleElement()
        .satisfies(
            warning -> assertThat(warning).contains("the part train", "1 images of no part"));
    assertThatThrownBy(() -> open(content, Part.TEST))
        .hasMessageContaining("it has train (2 images), 1 images of no part");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.png,ada\nsub/b.png,red, cup\n",
        "a.png,red, cup\nsub/b.png,ada\n",
        "a.png ada\nsub/b.png John Smith\n",
        "a.png;ada\nsub/b.png;grace;c1\n",
      })
  void withoutAHeaderAllLinesHaveTheSameColumns(String content) {
    assertThatThrownBy(() -> open(content, Part.TRAIN))
        .isInstanceOf(DatasetException.class)
        .hasMessageContainingAll("line 2", "line 1", "3", "2", "commas or tabs");
  }

  @Test
  void withoutAHeaderAreNoMoreColumnsThanFive() {
    assertThatThrownBy(
            () -> open("a.png,ada,c1,train,1,x\nsub/b.png,grace,c1,train,1,y\n", Part.TRAIN))
        .isInstanceOf(DatasetException.class)
        .hasMessageContainingAll("line 1", "6 columns", "first line");
  }

  @Test
  void aThirdColumnWithoutAHeaderIsSaidToBeACamera() throws IOException {
    assertThat(open("a.png John Smith\nsub/b.png Ann Lee\n", Part.TRAIN).survey().warnings())
        .singleElement()
        .satisfies(
            warning ->
                assertThat(warning).contains("third column", "'Smith'", "camera", "path,label"));
    assertThat(open("a.png,ada,\nsub/b.png,grace\n", Part.TRAIN).survey().warnings()).isEmpty();
    assertThat(
            open("path,label,camera\na.png,ada,c1\nsub/b.png,grace,c1\n", Part.TRAIN)
                .survey()
                .warnings())
        .isEmpty();
  }

  @Test
  void pathsStartWhereToldTo() throws IOException {
    Path list = new TestingTree(directory.resolve("lists")).file("train.csv");
    new TestingTree(directory.resolve("lists")).text("train.csv", "a.png,ada\nsub/b.png,grace\n");

    assertThatThrownBy(() -> Datasets.open(list, DatasetOptions.of(Part.TRAIN)))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("line 1 names 'a.png'")
        .hasMessageContaining("--root");
    DatasetOptions options =
        new DatasetOptions(Layout.LIST, Part.TRAIN, false, null, directory, null, 1 << 20);
    assertThat(Datasets.open(list, options).labels()).containsExactly("ada", "grace");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.png,ada,c1,holdout\nsub/b.png,grace,c1,train\n",
        "a.png,ada,c1,train,yesterday\nsub/b.png,grace,c1,train,1\n",
        "a.png,ada,c1,train,1700000000\nsub/b.png,grace,c1,train,1\n",
        "a.png,ada,c1,train,1700000000000000\nsub/b.png,grace,c1,train,1\n",
        "a.png,ada,c1,train,1969-07-20T20:17:40Z\nsub/b.png,grace,c1,train,1\n",
        "a.png,ada,c1,train,+1000000000-01-01T00:00:00Z\nsub/b.png,grace,c1,train,1\n",
        "a.png\nsub/b.png\n",
        "a.png ada c1\nsub/b.png grace\n",
        "a.png teddy bear\nsub/b.png cup\n",
      })
  void aLineThatMakesNoSenseIsNamed(String content) {
    assertThatThrownBy(() -> open(content, Part.TRAIN))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("line 1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "path,label\na.png,Smith, John\nsub/b.png,Smith, Anna\n",
        "label;path\nteddy;a.png;bear\ncup;sub/b.png\n",
        "path label\na.png teddy bear\nsub/b.png teddy dog\n",
        "path label\nsub/b teddy dog\na.png cup\n",
      })
  void moreColumnsThanTheHeaderNamesAreNotDropped(String content) {
    assertThatThrownBy(() -> open(content, Part.TRAIN))
        .isInstanceOf(DatasetException.class)
        .hasMessageContainingAll("line 2", "3 columns", "names 2", "quotes");
  }

  @Test
  void aPathWithBlanksIsOneBelowAHeader() throws IOException {
    for (String content :
        List.of(
            "path label\na.png grace\nc d.png ada\n",
            "2\nlabel path camera\ngrace a.png c1\nada c d.png c2\n")) {
      assertThat(images(open(content, Part.TRAIN)))
          .extracting(EncodedImage::id, EncodedImage::label)
          .containsExactlyInAnyOrder(
              tuple("images/a.png", "grace"), tuple("images/c d.png", "ada"));
    }
    assertThat(open("path,label\na.png,\"Smith, A\",,\nc d.png,ada\n", Part.TRAIN).labels())
        .containsExactly("Smith, A", "ada");
  }

  @ParameterizedTest
  @ValueSource(strings = {"BMW/1.png", "img/wide/1.png", "ID3/1.png"})
  void aListMayBeginAsAPictureOrAFilmDoes(String first) throws IOException {
    tree.png(first);

    assertThat(open(first + ",x\na.png,ada\n", Part.TRAIN).labels()).containsExactly("ada", "x");
  }

  @Test
  void anotherFileIsNoList() {
    assertThatThrownBy(
            () -> Datasets.open(directory.resolve("a.png"), DatasetOptions.of(Part.TRAIN)))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("is an image and no list");
  }

  private ImageDataset open(String content, Part part) throws IOException {
    tree.text("images.csv", content);
    return Datasets.open(directory.resolve("images.csv"), DatasetOptions.of(part));
  }

  private static List<EncodedImage> images(ImageDataset dataset) throws IOException {
    try (Stream<EncodedImage> images = dataset.images()) {
      return images.toList();
    }
  }
}
