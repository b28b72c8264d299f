package dev.quadstream.cli;

/**
 * What {@code train} came to, as its report.
 *
 * @param images trained on, over all passes
 * @param skipped images that could not be read
 * @param passes over the dataset
 * @param windows processed
 * @param modelVersion version of the model written
 * @param loss of the last window that was trained, or NaN
 * @param alpha1 α₁ now
 * @param alpha2 α₂ now
 * @param meanPositive smoothed μ_p, or NaN
 * @param meanNegative smoothed μ_n, or NaN
 * @param prequentialRecallAt1 test before train, over the whole run, or NaN where none was tested
 * @param recentRecallAt1 the same over the last tenth of the windows
 * @param refusedWindows windows whose update was refused
 * @param parameters of the network
 * @param wallSeconds the time that training took
 * @param imagesPerSecond images over that time
 * @param model the file
 */
record TrainingSummary(
    long images,
    long skipped,
    int passes,
    long windows,
    long modelVersion,
    double loss,
    double alpha1,
    double alpha2,
    double meanPositive,
    double meanNegative,
    double prequentialRecallAt1,
    double recentRecallAt1,
    long refusedWindows,
    long parameters,
    double wallSeconds,
    double imagesPerSecond,
    String model) {}
