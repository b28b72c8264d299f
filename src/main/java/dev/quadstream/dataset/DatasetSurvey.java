package dev.quadstream.dataset;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a look at a dataset found, before any image of it is decoded.
 *
 * @param name of the dataset
 * @param layout how it says what its images show, in a few words
 * @param classSizes how many images each class has
 * @param passedOver what is there and cannot be taken
 * @param leftOut what could be taken and is not meant: of another part, or hidden
 * @param lostClasses classes of which no file could be taken
 * @param warnings whole sentences for people
 */
public record DatasetSurvey(
    String name,
    String layout,
    SortedMap<String, Integer> classSizes,
    List<PassedOver> passedOver,
    List<PassedOver> leftOut,
    List<String> lostClasses,
    List<String> warnings) {

  public DatasetSurvey {
    classSizes = Collections.unmodifiableSortedMap(new TreeMap<>(classSizes));
    passedOver = List.copyOf(passedOver);
    leftOut = List.copyOf(leftOut);
    lostClasses = List.copyOf(lostClasses);
    warnings = List.copyOf(warnings);
  }

  /**
   * Files that are passed over for one reason.
   *
   * @param reason in a few words
   * @param names of one file or more, below the dataset's root
   */
  public record PassedOver(String reason, List<String> names) {

    public PassedOver {
      names = List.copyOf(names);
    }

    public int files() {
      return names.size();
    }

    public String example() {
      return names.get(0);
    }
  }

  public long images() {
    return classSizes.values().stream().mapToLong(Integer::longValue).sum();
  }

  /** The survey with further warnings. */
  public DatasetSurvey with(List<String> further) {
    List<String> all = new ArrayList<>(warnings);
    all.addAll(further);
    return new DatasetSurvey(name, layout, classSizes, passedOver, leftOut, lostClasses, all);
  }

  /** The survey with further files left out. */
  public DatasetSurvey leaving(PassedOver further) {
    List<PassedOver> all = new ArrayList<>(leftOut);
    all.add(further);
    return new DatasetSurvey(name, layout, classSizes, passedOver, all, lostClasses, warnings);
  }
}
