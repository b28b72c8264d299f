package dev.quadstream.dataset.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.quadstream.dataset.DatasetException;
import dev.quadstream.dataset.DatasetSurvey;
import dev.quadstream.dataset.DatasetSurvey.PassedOver;
import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.dataset.Part;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatasetsTest {

  @TempDir private Path directory;

  private TestingTree tree(String name) {
    return new TestingTree(directory.resolve(name));
  }

  @Test
  void imagesComeSortedWithTheirFolderAsLabelAndTheirBytesAsTheyAre() throws Exception {
    Path photos = tree("photos").png("dog/b.png").jpeg("cat/z.JPG").jpeg("cat/a.webp").root();

    ImageDataset dataset = open(photos);

    assertThat(dataset.name()).isEqualTo("photos");
    assertThat(dataset.size()).isEqualTo(3);
    assertThat(dataset.labels()).containsExactly("cat", "dog");
    // What a file holds counts, not what it is called.
    assertThat(images(dataset))
        .containsExactly(
            image(photos, "cat/a.webp", "cat", "image/jpeg"),
            image(photos, "cat/z.JPG", "cat", "image/jpeg"),
            image(photos, "dog/b.png", "dog", "image/png"));
    assertThat(images(dataset)).isEqualTo(images(dataset));
    assertThat(dataset.survey().passedOver()).isEmpty();
  }

  @Test
  void idsStartWithWhatIsAskedForOrTheDatasetsName() throws Exception {
    Path train = tree("train").png("c0/1.png", "c1/1.png").root();
    Path val = tree("val").png("c0/1.png", "c1/1.png").root();

    assertThat(ids(open(train))).containsExactly("train/c0/1.png", "train/c1/1.png");
    assertThat(ids(open(val))).doesNotContainAnyElementsOf(ids(open(train)));
    DatasetOptions named =
        new DatasetOptions(Layout.AUTO, Part.TRAIN, false, null, null, "shop-7", 1 << 20);
    assertThat(ids(Datasets.open(val, named)))
        .containsExactly("shop-7/c0/1.png", "shop-7/c1/1.png");
  }

  @Test
  void aPartOfADatasetWithoutPartsIsRefusedUnlessItIsAll() throws Exception {
    Path photos = tree("photos").png("cat/1.png", "dog/1.png").root();
    Path list = Files.writeString(photos.resolve("list.csv"), "cat/1.png,cat\ndog/1.png,dog\n");
    for (Path undivided : List.of(photos, list)) {
      assertThatThrownBy(() -> openAsked(undivided, Part.TEST))
          .isInstanceOf(DatasetException.class)
          .hasMessageStartingWith(undivided == list ? "list is not" : "photos is not")
          .hasMessageContaining("--part test");
      assertThat(openAsked(undivided, Part.ALL).size()).isEqualTo(2);
      assertThat(open(undivided, Part.TEST).size()).as("what a command takes").isEqualTo(2);
    }
    Path divided = tree("divided").png("train/a/1.png", "train/b/1.png", "test/a/2.png").root();
    assertThat(openAsked(divided, Part.TRAIN).size()).isEqualTo(2);
  }

  private static ImageDataset openAsked(Path path, Part part) {
    return Datasets.open(
        path, new DatasetOptions(Layout.AUTO, part, true, null, null, null, 1 << 20));
  }

  @Test
  void imagesAreKnownByTheirContentUnderAnyName() throws Exception {
    TestingTree tree =
        tree("photos")
            .jpeg("jfif/0.jfif", "none/0", "upper/0.JPE")
            .heic("phone/1.HEIC", "phone/2.jpg");
    Files.writeString(tree.file("faces/1.pgm"), "P5\n2 2\n255\nabcd");
    Files.write(tree.file("upper/Thumbs.db"), new byte[] {1, 2, 3});

    DatasetSurvey survey = open(tree.root()).survey();

    assertThat(survey.classSizes()).containsOnlyKeys("faces", "jfif", "none", "upper");
    assertThat(survey.lostClasses()).containsExactly("phone");
    assertThat(survey.passedOver())
        .satisfiesExactly(
            heic -> {
              assertThat(heic.reason()).contains("a HEIC image");
              assertThat(heic.files()).isEqualTo(2);
            },
            other ->
                assertThat(other)
                    .isEqualTo(new PassedOver("no image", List.of("upper/Thumbs.db"))));
  }

  @Test
  void hiddenFilesAndWhatSystemsLeaveAreNoImages() throws Exception {
    Path photos =
        tree("photos")
            .png("cat/a.png", "cat/.hidden.png", "dog/b.png", ".cache/c.png")
            .png("__MACOSX/cat/a.png", "dog/@eaDir/b.png")
            .text("readme.md", "cats and dogs")
            .root();

    ImageDataset dataset = open(photos);

    assertThat(ids(dataset)).containsExactly("photos/cat/a.png", "photos/dog/b.png");
    assertThat(dataset.survey().passedOver())
        .containsExactly(new PassedOver("no image", List.of("readme.md")));
    assertThat(dataset.survey().leftOut())
        .containsExactly(
            new PassedOver(
                "hidden, or a system's own",
                List.of(".cache/", "__MACOSX/", "cat/.hidden.png", "dog/@eaDir/")));
  }

  @Test
  void aClassWithoutAFileIsLost() throws Exception {
    TestingTree tree = tree("photos").png("cat/a.png", "dog/b.png");
    Files.createDirectories(tree.root().resolve("bird"));
    Files.createFile(tree.file("fish/empty.png"));

    DatasetSurvey survey = open(tree.root()).survey();

    assertThat(survey.lostClasses()).containsExactly("bird", "fish");
    assertThat(survey.passedOver())
        .containsExactly(new PassedOver("empty", List.of("fish/empty.png")));
  }

  @Test
  void aFileOfThreeGigabytesIsPassedOver() throws Exception {
    TestingTree tree = tree("photos").png("cat/a.png", "cat/huge.png", "dog/b.png");
    try (RandomAccessFile huge = new RandomAccessFile(tree.file("cat/huge.png").toFile(), "rw")) {
      huge.setLength(3L << 30);
    }

    ImageDataset dataset = open(tree.root());

    assertThat(images(dataset)).hasSize(2);
    assertThat(dataset.survey().passedOver())
        .singleElement()
        .satisfies(files -> assertThat(files.reason()).contains("image.max-bytes"));
  }

  @Test
  void oneNameInTwoUnicodeFormsIsOneLabelAndTheFilesStayApart() throws Exception {
    Path photos = tree("photos").png("caf\u00e9/1.png", "cafe\u0301/1.png", "cafe/1.png").root();

    ImageDataset dataset = open(photos);

    assertThat(dataset.labels()).containsExactly("cafe", "caf\u00e9");
    assertThat(ids(dataset)).hasSize(3).doesNotHaveDuplicates();
    assertThat(images(dataset)).extracting(EncodedImage::bytes).doesNotHaveDuplicates();
  }

  /** As on the topic, where the two are one class. */
  @Test
  void blanksThatNobodySeesMakeNoOtherClass() throws Exception {
    Path photos =
        tree("photos").png("cup/1.png", "cup\u00a0/1.png", "\ufeffcup/1.png", "jar/1.png").root();

    ImageDataset dataset = open(photos);

    assertThat(dataset.labels()).containsExactly("cup", "jar");
    assertThat(ids(dataset)).hasSize(4).doesNotHaveDuplicates();
  }

  @Test
  void aFolderWithoutANameThatIsSeenIsNoClass() throws Exception {
    Path photos = tree("photos").png("cup/1.png", "jar/1.png", "\u00a0/1.png").root();

    assertThat(open(photos).survey().passedOver())
        .containsExactly(new PassedOver("under a label of blanks alone", List.of("\u00a0/1.png")));
  }

  /** They would be acknowledged by Kafka, and dead letters of the job. */
  @Test
  void whatTheTopicDoesNotTakeIsPassedOver() throws Exception {
    String deep = "\u7adc".repeat(50) + "/" + "\u864e".repeat(40);
    Path photos =
        tree("photos")
            .png("cup/a/1.png", "jar/b/1.png", "t\tab/a/1.png", "cup/a/2\n.png", deep + "/1.png")
            .root();

    ImageDataset dataset = open(photos);

    assertThat(dataset.labels()).containsExactly("cup/a", "jar/b");
    assertThat(dataset.survey().passedOver())
        .containsExactlyInAnyOrder(
            new PassedOver("under a label of more than 256 bytes", List.of(deep + "/1.png")),
            new PassedOver("under a label with a control character", List.of("t\tab/a/1.png")),
            new PassedOver("under a name with a control character", List.of("cup/a/2\n.png")));
  }

  @Test
  void partsAreNotClasses() throws Exception {
    Path root =
        tree("fruit")
            .png("train/apple/1.png", "train/pear/1.png", "train/overview.png")
            .png("val/apple/1.png", "val/pear/1.png", "val/overview.png")
            .png("test/apple/1.png", "test/pear/1.png")
            .root();

    ImageDataset train = open(root);
    assertThat(ids(train)).containsExactly("fruit/train/apple/1.png", "fruit/train/pear/1.png");
    assertThat(train.labels()).containsExactly("apple", "pear");
    assertThat(train.survey().warnings())
        .singleElement()
        .satisfies(
            warning ->
                assertThat(warning)
                    .contains("part train", "validation (2 images)", "test (2 images)"));
    assertThat(train.survey().passedOver())
        .containsExactly(
            new PassedOver(
                "beside the classes", List.of("train/overview.png", "val/overview.png")));
    assertThat(train.survey().leftOut())
        .containsExactly(
            new PassedOver("of the part test", List.of("test/apple/1.png", "test/pear/1.png")),
            new PassedOver("of the part validation", List.of("val/apple/1.png", "val/pear/1.png")));
    assertThat(ids(open(root, Part.VALIDATION)))
        .containsExactly("fruit/val/apple/1.png", "fruit/val/pear/1.png");
    assertThat(open(root, Part.ALL).size()).isEqualTo(6);
    // A gallery and probes of one folder are its training and its test part.
    assertThat(ids(open(root, Part.GALLERY))).isEqualTo(ids(train));
    assertThat(ids(open(root, Part.QUERY))).isEqualTo(ids(open(root, Part.TEST)));
  }

  @ParameterizedTest
  @CsvSource({
    "training_set, test_set",
    "train2017, val2017",
    "TrainImages, TestImages",
    "images-train, images-test",
    "trainset, testset"
  })
  void partsAreKnownByWhatPeopleCallThem(String first, String second) throws Exception {
    Path root =
        tree("pets")
            .png(first + "/cat/1.png", first + "/dog/1.png", second + "/cat/2.png")
            .png(second + "/dog/2.png")
            .root();

    assertThat(open(root).labels()).containsExactly("cat", "dog");
    assertThat(ids(open(root))).hasSize(2);
  }

  @Test
  void aListBesideTheImagesIsNamed() throws Exception {
    Path root = tree("flat").png("1.png", "2.png").text("labels.csv", "file,label\n").root();

    assertThatThrownBy(() -> open(root))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("If labels.csv is one, name it in place of the folder");
  }

  @Test
  void aPartThatIsNotThereIsRefusedWithThoseThatAre() throws Exception {
    Path root = tree("fruit").png("val/apple/1.png", "test/pear/1.png").root();

    assertThatThrownBy(() -> open(root))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("no part train")
        .hasMessageContaining("validation (1 images), test (1 images)");
  }

  @Test
  void whereThereIsNoTestPartTheValidationPartIsMeasuredWithUnlessTestIsAskedFor()
      throws Exception {
    Path root = tree("fruit").png("train/a/1.png", "train/b/1.png", "val/a/2.png").root();
    tree("fruit").png("val/b/2.png");

    ImageDataset dataset = open(root, Part.TEST);

    assertThat(ids(dataset)).containsExactly("fruit/val/a/2.png", "fruit/val/b/2.png");
    assertThat(dataset.survey().warnings())
        .singleElement()
        .satisfies(warning -> assertThat(warning).contains("the part validation", "train (2"));
    assertThatThrownBy(() -> openAsked(root, Part.TEST))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("no part test: it has train (2 images), validation (2 images)");
  }

  @Test
  void foldersThatAreCalledAsPartsAndHoldImagesAreDoubtedAloud() throws Exception {
    Path root = tree("flat").png("train/1.png", "test/1.png").root();

    ImageDataset dataset = open(root);

    assertThat(dataset.labels()).containsExactly("test", "train");
    assertThat(dataset.survey().warnings())
        .singleElement()
        .satisfies(warning -> assertThat(warning).contains("look like parts"));
    // Vehicles are no parts.
    assertThat(open(tree("traffic").png("train/1.png", "bus/1.png").root()).survey().warnings())
        .isEmpty();
  }

  @Test
  void aPictureBesideThePartsMakesNoClassesOfThem() throws Exception {
    TestingTree tree =
        tree("fruit")
            .png("train/a/1.png", "train/b/1.png", "val/a/1.png", "val/b/1.png", "extra/x.png");
    assertThat(ids(open(tree.root())))
        .containsExactly("fruit/train/a/1.png", "fruit/train/b/1.png");

    for (int image = 0; image < 20; image++) {
      tree.png("train/a/more-%d.png".formatted(image));
    }
    Path root = tree.png("docs/figures/1.png").root();

    ImageDataset train = open(root);
    assertThat(train.labels()).containsExactly("a", "b");
    assertThat(train.survey().passedOver())
        .containsExactlyInAnyOrder(
            new PassedOver("beside the classes", List.of("extra/x.png")),
            new PassedOver(
                "in a folder that is no part of this dataset", List.of("docs/figures/1.png")));
    // One part alone is a class, as a train among other vehicles is.
    assertThat(open(tree("goods").png("train/a/1.png", "bus/b/1.png").root()).labels())
        .containsExactly("bus/b", "train/a");
    assertThat(
            open(tree("mixed").png("train/a/1.png", "test/a/1.png", "x/y/1.png").root())
                .survey()
                .warnings())
        .singleElement()
        .satisfies(warning -> assertThat(warning).contains("test, train look like parts"));
  }

  @Test
  void foldersOfFoldersAreClassesUnderTheirWholePath() throws Exception {
    Path root = tree("goods").png("fruit/apple/1.png", "fruit/pear/1.png", "nut/pear/1.png").root();

    ImageDataset dataset = open(root);

    assertThat(dataset.labels()).containsExactly("fruit/apple", "fruit/pear", "nut/pear");
    assertThat(dataset.survey().layout()).contains("nested");
  }

  @Test
  void imagesBelowAClassArePassedOverAloudUnlessNestedIsAskedFor() throws Exception {
    Path root = tree("pets").png("cat/1.png", "cat/2.png", "dog/1.png", "dog/puppies/1.png").root();

    assertThat(open(root).labels()).containsExactly("cat", "dog");
    assertThat(open(root).survey().passedOver())
        .containsExactly(
            new PassedOver("in a folder within a class", List.of("dog/puppies/1.png")));
    assertThat(open(root).survey().warnings())
        .singleElement()
        .satisfies(warning -> assertThat(warning).contains("--layout nested"));
    assertThat(open(root, Layout.NESTED).labels()).containsExactly("cat", "dog", "dog/puppies");
  }

  @Test
  void aFolderAroundTheDatasetIsLookedThrough() throws Exception {
    Path root = tree("download").png("photos/cat/1.png", "photos/dog/1.png").root();

    assertThat(open(root).labels()).containsExactly("cat", "dog");
  }

  @Test
  void foldersThatEveryClassHasAreNoPartOfItsName() throws Exception {
    Path root =
        tree("tiny")
            .png("train/n01/images/1.png", "train/n02/images/1.png", "val/n01/images/2.png")
            .root();

    assertThat(open(root).labels()).containsExactly("n01", "n02");
  }

  @Test
  void marketsPersonsCamerasAndPartsAreInNamesAndFolders() throws Exception {
    Path root =
        tree("Market-1501-v15.09.15")
            .jpeg("bounding_box_train/0002_c1s1_000476_00.jpg")
            .jpeg("bounding_box_train/0002_c2s1_000501_00.jpg")
            .jpeg("bounding_box_train/0007_c1s1_000476_01.jpg")
            .jpeg("bounding_box_test/0001_c1s1_000476_02.jpg")
            .jpeg("bounding_box_test/0003_c2s1_000476_02.jpg")
            .jpeg("bounding_box_test/0000_c1s1_000476_01.jpg")
            .jpeg("bounding_box_test/-1_c1s1_000476_00.jpg")
            .jpeg("query/0001_c2s1_000501_00.jpg", "query/0003_c1s1_000501_00.jpg")
            .jpeg("gt_bbox/0001_c1s1_000476_00.jpg")
            .text("bounding_box_train/Thumbs.db", "?")
            .text("readme.txt", "see the project page")
            .root();

    ImageDataset train = open(root);
    assertThat(train.labels()).containsExactly("0002", "0007");
    assertThat(train.survey().layout()).contains("Market-1501");
    assertThat(images(train))
        .extracting(image -> image.sighting().camera())
        .containsExactly("c1", "c2", "c1");
    assertThat(train.survey().passedOver())
        .extracting(PassedOver::reason)
        .contains("junk (identity -1)", "in a folder that is no part of this dataset");
    ImageDataset gallery = open(root, Part.GALLERY);
    assertThat(gallery.labels()).containsExactly("0000", "0001", "0003");
    assertThat(images(gallery))
        .extracting(image -> image.sighting().distractor())
        .containsExactly(true, false, false);
    assertThat(gallery.toTrainOn().labels()).containsExactly("0001", "0003");
    assertThat(open(root, Part.QUERY).size()).isEqualTo(2);
    assertThat(open(root, Part.TEST).parts()).containsOnly(Part.GALLERY, Part.QUERY);
    // Its own folders are datasets, too.
    assertThat(open(root.resolve("query")).labels()).containsExactly("0001", "0003");
  }

  @Test
  void otherSetsOfIdentitiesAreKnownByTheirNames() throws Exception {
    Path duke =
        tree("DukeMTMC-reID")
            .jpeg("bounding_box_train/0001_c2_f0046182.jpg")
            .jpeg("bounding_box_train/0005_c3_f0054451.jpg")
            .jpeg("query/0020_c2_f0062500.jpg")
            .root();
    Path veri =
        tree("VeRi")
            .jpeg("image_train/0001_c001_00016450_0.jpg", "image_train/0003_c012_00016460_0.jpg")
            .jpeg("image_query/0002_c002_00030600_0.jpg")
            .root();
    Path cuhk03 =
        tree("cuhk03")
            .png("images_labeled/1_001_1_01.png", "images_labeled/1_001_2_06.png")
            .png("images_labeled/2_001_1_01.png", "images_detected/1_001_1_01.png")
            .root();
    Path cuhk03np =
        tree("cuhk03-np")
            .png("labeled/bounding_box_train/0003_c1_21.png")
            .png("labeled/bounding_box_train/0004_c2_22.png")
            .png("detected/bounding_box_train/0003_c1_21.png")
            .png("labeled/query/0001_c1_1.png")
            .root();

    assertThat(open(duke).survey().layout()).contains("DukeMTMC");
    assertThat(open(duke).labels()).containsExactly("0001", "0005");
    assertThat(open(veri).survey().layout()).contains("VeRi");
    assertThat(open(veri).labels()).containsExactly("0001", "0003");
    assertThat(open(cuhk03).survey().layout()).contains("CUHK03");
    assertThat(ids(open(cuhk03)))
        .containsExactly(
            "cuhk03/images_labeled/1_001_1_01.png",
            "cuhk03/images_labeled/1_001_2_06.png",
            "cuhk03/images_labeled/2_001_1_01.png");
    assertThat(open(cuhk03).labels()).containsExactly("1_001", "2_001");
    assertThat(ids(open(cuhk03np)))
        .allMatch(id -> id.startsWith("cuhk03-np/labeled/bounding_box_train/"));
  }

  @Test
  void productsAreInNamesAndTheirPartInLists() throws Exception {
    Path root =
        tree("Stanford_Online_Products")
            .jpeg("bicycle_final/111085122871_0.JPG", "bicycle_final/111085122871_1.JPG")
            .jpeg("chair_final/111265328556_0.JPG", "chair_final/251952414262_0.JPG")
            .text(
                "Ebay_train.txt",
                """
                image_id class_id super_class_id path
                1 1 1 bicycle_final/111085122871_0.JPG
                2 1 1 bicycle_final/111085122871_1.JPG
                3 2 2 chair_final/111265328556_0.JPG
                """)
            .text(
                "Ebay_test.txt",
                """
                image_id class_id super_class_id path
                4 3 2 chair_final/251952414262_0.JPG
                """)
            .root();

    assertThat(open(root).labels()).containsExactly("111085122871", "111265328556");
    assertThat(open(root).survey().layout()).contains("Stanford Online Products");
    assertThat(open(root, Part.ALL).labels()).hasSize(3);
  }

  @Test
  void aPictureBesideAKnownSetDoesNotHideIt() throws Exception {
    TestingTree products =
        tree("Stanford_Online_Products").png("overview.png", "chair_final/x.png");
    TestingTree characters = tree("omniglot").png("images_background/overview.png");
    for (int image = 0; image < 20; image++) {
      products.jpeg("chair_final/1112%02d_0.JPG".formatted(image));
      characters.png("images_background/Greek/character%02d/1.png".formatted(image));
    }
    characters.png("images_evaluation/Aurek/character01/1.png");

    ImageDataset opened = open(products.root());
    assertThat(opened.survey().layout()).contains("Stanford Online Products");
    assertThat(opened.labels()).hasSize(20).doesNotContain("chair_final");
    assertThat(opened.survey().passedOver())
        .containsExactly(
            new PassedOver(
                "not named as the images of this dataset",
                List.of("chair_final/x.png", "overview.png")));
    assertThat(open(characters.root()).size()).isEqualTo(20);
  }

  @Test
  void birdsAreBelowImagesAndTheirPartIsInAList() throws Exception {
    Path root =
        tree("CUB_200_2011")
            .jpeg("images/001.Black_footed_Albatross/a.jpg", "images/002.Laysan_Albatross/b.jpg")
            .jpeg("images/002.Laysan_Albatross/c.jpg")
            .text(
                "images.txt",
                """
                1 001.Black_footed_Albatross/a.jpg
                2 002.Laysan_Albatross/b.jpg
                3 002.Laysan_Albatross/c.jpg
                """)
            .root();

    assertThat(open(root).labels())
        .containsExactly("001.Black_footed_Albatross", "002.Laysan_Albatross");
    assertThat(open(root).survey().layout()).contains("CUB");
    new TestingTree(root).text("train_test_split.txt", "1 1\n2 1\n3 0\n");
    assertThat(open(root).size()).isEqualTo(2);
    new TestingTree(root).text("train_test_split.txt", "1 1\n2 1\n");
    assertThat(open(root).size()).isEqualTo(2);
    assertThat(open(root).survey().warnings())
        .singleElement()
        .satisfies(warning -> assertThat(warning).contains("1 images of no part"));
    assertThat(open(root, Part.ALL).size()).isEqualTo(3);
  }

  @Test
  void charactersCarryTheirAlphabet() throws Exception {
    Path root =
        tree("omniglot")
            .png("images_background/Greek/character01/0710_01.png")
            .png("images_background/Latin/character01/0710_01.png")
            .png("images_evaluation/Aurek/character01/0965_01.png")
            .png("images_evaluation/Aurek/character02/0966_01.png")
            .root();

    assertThat(open(root).labels()).containsExactly("Greek/character01", "Latin/character01");
    assertThat(open(root, Part.TEST).labels())
        .containsExactly("Aurek/character01", "Aurek/character02");
    assertThat(open(root.resolve("images_background")).labels())
        .containsExactly("Greek/character01", "Latin/character01");
  }

  @Test
  void aLayoutThatDoesNotFitIsRefusedWithWhatIsThere() throws Exception {
    Path root = tree("photos").png("cat/1.png", "dog/1.png").root();

    assertThatThrownBy(() -> open(root, Layout.MARKET1501))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("not laid out as MARKET1501")
        .hasMessageContaining("2 images (such as cat/1.png)");
    assertThatThrownBy(() -> open(root, Layout.LIST)).hasMessageContaining("name the list itself");
  }

  @Test
  void imagesWithoutFoldersHaveNoClass() throws Exception {
    Path root = tree("photos").png("1.png", "2.png").text("notes.txt", "two").root();

    assertThatThrownBy(() -> open(root))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("holds no classes")
        .hasMessageContaining("2 images (such as 1.png)")
        .hasMessageContaining("list");
  }

  @Test
  void oneClassIsRefusedAndWhatWasLostIsSaid() throws Exception {
    Path root = tree("photos").png("cat/1.png").heic("dog/1.heic", "dog/2.heic").root();

    assertThatThrownBy(() -> open(root))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("only the class 'cat'")
        .hasMessageContaining("2 files: a HEIC image");
    assertThatThrownBy(() -> open(directory.resolve("missing")))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("missing");
  }

  @Test
  void copiesAreFoundByTheirBytes() throws Exception {
    TestingTree tree = tree("photos").png("cat/1.png", "cat/2.png", "dog/1.png", "dog/2.png");
    assertThat(open(tree.root()).survey().warnings()).isEmpty();
    Files.copy(tree.file("cat/1.png"), tree.file("cat/copy of 1.png"));
    Files.copy(tree.file("cat/1.png"), tree.file("dog/cat.png"));

    assertThat(open(tree.root()).survey().warnings())
        .satisfiesExactly(
            copies ->
                assertThat(copies)
                    .startsWith("2 images are copies")
                    .contains("photos/cat/copy of 1.png"),
            mislabelled ->
                assertThat(mislabelled)
                    .startsWith("1 of the copies")
                    .contains("photos/cat/1.png and photos/dog/cat.png"));
  }

  @Test
  void aLinkInACircleEnds() throws Exception {
    TestingTree tree = tree("photos").png("cat/1.png", "dog/1.png");
    Files.createSymbolicLink(tree.root().resolve("cat/again"), tree.root());

    assertThat(open(tree.root()).size()).isEqualTo(2);
  }

  @Test
  void anImageThatVanishesIsUnreadAndKeepsNoOtherBack() throws Exception {
    TestingTree tree = tree("photos").png("cat/a.png", "dog/b.png", "dog/c.png");
    ImageDataset dataset = open(tree.root());
    Files.delete(tree.file("dog/b.png"));

    assertThat(dataset.survey().warnings()).isEmpty();
    assertThat(images(dataset))
        .extracting(EncodedImage::id, image -> image.unread() == null)
        .containsExactly(
            tuple("photos/cat/a.png", true),
            tuple("photos/dog/b.png", false),
            tuple("photos/dog/c.png", true));
    assertThat(images(dataset).get(1).unread()).contains("b.png", "NoSuchFileException");
  }

  @Test
  void ofAClassThatIsNotWantedNothingIsRead() throws Exception {
    TestingTree tree = tree("photos").png("cat/a.png", "dog/b.png");
    // More than an array holds, which nobody could read.
    try (RandomAccessFile huge = new RandomAccessFile(tree.file("dog/b.png").toFile(), "rw")) {
      huge.setLength(3L << 30);
    }
    ImageDataset dataset =
        Datasets.open(
            tree.root(),
            new DatasetOptions(Layout.AUTO, Part.TRAIN, false, null, null, null, 4L << 30));

    try (Stream<EncodedImage> cats = dataset.images("cat"::equals)) {
      assertThat(cats).extracting(EncodedImage::label).containsExactly("cat");
    }
  }

  private static ImageDataset open(Path path) {
    return open(path, Part.TRAIN);
  }

  private static ImageDataset open(Path path, Part part) {
    return Datasets.open(path, DatasetOptions.of(part));
  }

  private static ImageDataset open(Path path, Layout layout) {
    return Datasets.open(
        path, new DatasetOptions(layout, Part.TRAIN, false, null, null, null, 1 << 20));
  }

  private static EncodedImage image(Path root, String name, String label, String contentType)
      throws IOException {
    return new EncodedImage(
        root.getFileName() + "/" + name,
        label,
        contentType,
        Files.readAllBytes(root.resolve(name)));
  }

  private static List<String> ids(ImageDataset dataset) throws IOException {
    return images(dataset).stream().map(EncodedImage::id).toList();
  }

  private static List<EncodedImage> images(ImageDataset dataset) throws IOException {
    try (Stream<EncodedImage> images = dataset.images()) {
      return images.toList();
    }
  }
}
