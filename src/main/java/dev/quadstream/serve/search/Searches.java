package dev.quadstream.serve.search;

import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.UndecodableImageException;
import dev.quadstream.kafka.MatchMessage.Candidate;
import dev.quadstream.search.IndexedImage;
import dev.quadstream.search.Neighbour;
import dev.quadstream.search.NeighbourQuery;
import dev.quadstream.search.ReRanking;
import dev.quadstream.search.ReleaseIndexes.ReleaseIndex;
import dev.quadstream.search.ReleaseKey;
import dev.quadstream.search.VectorIndex;
import dev.quadstream.serve.http.RequestException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Predicate;

/** Searches the served release. Thread-safe. */
final class Searches {

  static final int DEFAULT_NEIGHBOURS = 10;
  static final int MAX_NEIGHBOURS = 1_000;

  /** For vectors that were written with three digits. */
  private static final double LENGTH_TOLERANCE = 0.01;

  /** Decoding takes memory, so that few do it at a time. */
  private static final int DECODED_AT_ONCE = 4;

  private final FollowedTopics topics;
  private final ReleaseNetworks models;
  private final Function<ImageShape, ImageDecoder> decoders;
  private final Semaphore decoding = new Semaphore(DECODED_AT_ONCE);

  Searches(
      FollowedTopics topics, ReleaseNetworks models, Function<ImageShape, ImageDecoder> decoders) {
    this.topics = topics;
    this.models = models;
    this.decoders = decoders;
  }

  /**
   * The neighbours of what is asked for.
   *
   * @throws RequestException where it cannot be searched, saying why
   */
  SearchAnswer search(SearchRequest request) throws RequestException {
    ReleaseIndex served = release(request);
    long wanted = request.k() == null ? DEFAULT_NEIGHBOURS : request.k();
    if (wanted < 1 || wanted > MAX_NEIGHBOURS) {
      throw new RequestException(400, "k is 1 to %d, not %d.".formatted(MAX_NEIGHBOURS, wanted));
    }
    int count = Math.toIntExact(wanted);
    int asked = request.isReRanked() ? Math.max(count, ReRanking.DEFAULT_NEAREST) : count;
    float[] vector = vector(request, served);
    List<Candidate> candidates;
    try {
      candidates =
          candidates(
              served.key(),
              served.index(),
              vector,
              served
                  .index()
                  .nearest(new NeighbourQuery(vector, asked, labels(request), request.id())));
    } catch (IllegalArgumentException e) {
      throw new RequestException(400, e.getMessage());
    }
    if (request.isReRanked()) {
      candidates = reRanked(served.key(), candidates);
    }
    return new SearchAnswer(
        served.key().run(),
        served.key().release(),
        served.index().size(),
        candidates.subList(0, Math.min(count, candidates.size())));
  }

  /** Neighbours with g where it can be told. */
  List<Candidate> candidates(
      ReleaseKey key, VectorIndex index, float[] vector, List<Neighbour> neighbours) {
    List<Neighbour> there = new ArrayList<>();
    List<float[]> vectors = new ArrayList<>();
    for (Neighbour neighbour : neighbours) {
      // One that was deleted since it was found is not told of.
      index
          .get(neighbour.id())
          .ifPresent(
              image -> {
                there.add(neighbour);
                vectors.add(image.vector());
              });
    }
    Optional<float[]> learned = models.distances(key, vector, vectors.toArray(new float[0][]));
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < there.size(); i++) {
      Neighbour neighbour = there.get(i);
      candidates.add(
          new Candidate(
              neighbour.id(),
              neighbour.label(),
              neighbour.similarity(),
              learned.isPresent() ? (Float) learned.get()[i] : null));
    }
    return candidates;
  }

  /** In the order of g those that re-ranking is of; further ones stay where they are. */
  static List<Candidate> reRanked(ReleaseKey key, List<Candidate> candidates)
      throws RequestException {
    if (candidates.stream().anyMatch(candidate -> candidate.g() == null)) {
      throw new RequestException(
          409, "Nothing can be re-ranked by g: the model of %s is not at hand.".formatted(key));
    }
    List<Candidate> reRanked = new ArrayList<>(candidates);
    reRanked
        .subList(0, Math.min(ReRanking.DEFAULT_NEAREST, reRanked.size()))
        .sort(Comparator.comparing(Candidate::g));
    return reRanked;
  }

  private static Predicate<String> labels(SearchRequest request) {
    if (request.labels() == null) {
      return label -> true;
    }
    Set<String> wanted = new HashSet<>(request.labels());
    return wanted::contains;
  }

  private float[] vector(SearchRequest request, ReleaseIndex served) throws RequestException {
    int given =
        (request.id() == null ? 0 : 1)
            + (request.vector() == null ? 0 : 1)
            + (request.image() == null ? 0 : 1);
    if (given != 1) {
      throw new RequestException(
          400,
          "A search is by one of 'id', 'vector' and 'image', and here are %d.".formatted(given));
    }
    if (request.vector() != null) {
      requireEmbedding(request.vector(), served.index().dimensions());
      return request.vector();
    }
    return request.id() != null
        ? image(served, request.id()).vector()
        : embed(served.key(), request.image());
  }

  /** Others are refused as well, by the index, which says more of what is wrong. */
  private static void requireEmbedding(float[] vector, int dimensions) throws RequestException {
    double squared = 0;
    for (float value : vector) {
      squared += (double) value * value;
    }
    double length = Math.sqrt(squared);
    if (vector.length == dimensions
        && Double.isFinite(length)
        && Math.abs(length - 1) > LENGTH_TOLERANCE) {
      throw new RequestException(
          400,
          String.format(
              Locale.ROOT,
              "The vector has length %.3g; an embedding has length 1. Divide it by its length.",
              length));
    }
  }

  ReleaseIndex served() throws RequestException {
    if (!topics.isReady()) {
      throw new RequestException(
          503, "The topics are still being read: ask again when /ready says so.");
    }
    return topics
        .indexes()
        .served()
        .orElseThrow(
            () ->
                new RequestException(
                    409, "No image has been embedded yet: wait for the first window."));
  }

  /** The release that is asked for, or else served: one for all of a request. */
  private ReleaseIndex release(SearchRequest request) throws RequestException {
    ReleaseIndex served = served();
    if (request.run() == null && request.release() == null) {
      return served;
    }
    if (request.run() == null || request.release() == null) {
      throw new RequestException(400, "A release is named by 'run' and 'release' together.");
    }
    ReleaseKey key = new ReleaseKey(request.run(), request.release());
    return topics
        .indexes()
        .of(key)
        .map(index -> new ReleaseIndex(key, index))
        .orElseThrow(
            () ->
                new RequestException(
                    409,
                    "The index of %s is not here, or no longer; %s is served. Embed anew what you look for."
                        .formatted(key, served.key())));
  }

  static IndexedImage image(ReleaseIndex release, String id) throws RequestException {
    return release
        .index()
        .get(id)
        .orElseThrow(() -> new RequestException(404, "No image of that id is searchable."));
  }

  /** The embedding of an encoded image by the model of a release. */
  float[] embed(ReleaseKey key, byte[] encoded) throws RequestException {
    ImageDecoder decoder = decoders.apply(models.input(key));
    return models.embed(key, decode(decoder, encoded));
  }

  private PixelImage decode(ImageDecoder decoder, byte[] encoded) throws RequestException {
    if (!decoding.tryAcquire()) {
      throw new RequestException(
          503, "Too many images are being searched at once. Try again in a few seconds.");
    }
    try {
      return decoder.decode(encoded);
    } catch (UndecodableImageException e) {
      throw new RequestException(422, e.getMessage());
    } catch (OutOfMemoryError full) {
      throw new RequestException(
          503, "There is no memory for that image now. Try again in a few seconds.");
    } finally {
      decoding.release();
    }
  }
}
