package dev.quadstream.dataset.files;

/** How a dataset on disk says what its images show. */
public enum Layout {
  /** Whichever of the others is recognised. */
  AUTO("recognised"),
  /** A folder for each class. */
  FOLDER("a folder for each class"),
  /** Folders within folders; each that holds images is a class. */
  NESTED("nested folders, each that holds images is a class"),
  /** Market-1501: {@code 0002_c1s1_000476_00.jpg}. */
  MARKET1501("Market-1501: person and camera are in the file name"),
  /** DukeMTMC-reID: {@code 0001_c2_f0046182.jpg}. */
  DUKEMTMC("DukeMTMC-reID: person and camera are in the file name"),
  /** CUHK03 as images: {@code 1_001_1_01.png} or {@code 0001_c1_1.png}. */
  CUHK03("CUHK03: person and camera are in the file name"),
  /** VeRi-776: {@code 0001_c001_00016450_0.jpg}. */
  VERI("VeRi-776: vehicle and camera are in the file name"),
  /** Stanford Online Products: {@code chair_final/110000011000_2.JPG}. */
  SOP("Stanford Online Products: the product is in the file name"),
  /** Caltech-UCSD Birds 200-2011. */
  CUB("CUB-200-2011: a folder for each species below images"),
  /** Omniglot: {@code alphabet/character01/0709_01.png}. */
  OMNIGLOT("Omniglot: a character of an alphabet is a class"),
  /** IDX files, the MNIST family. */
  IDX("IDX files"),
  /** A list of paths and labels, as text or CSV. */
  LIST("a list of paths and labels");

  private final String description;

  Layout(String description) {
    this.description = description;
  }

  /** What it is, in a few words. */
  public String description() {
    return description;
  }
}
