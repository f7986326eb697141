package dev.mneme.search;

import java.util.SplittableRandom;

/** Seeded passages: vectors in clusters, as those of real texts lie, and texts of words as frequent as in natural language. */
final class Corpus {
    private static final int CLUSTERS = 400;
    private static final int WORDS = 30_000;

    /** How far a member lies from its cluster's centre, in units of the centre's length; cosine of two members about 0.5. */
    private static final double SPREAD = 1.0;

    private final int dimensions;
    private final long seed;
    private final float[][] centres;

    Corpus(int dimensions, long seed) {
        this.dimensions = dimensions;
        this.seed = seed;
        this.centres = new float[CLUSTERS][];
        for (int i = 0; i < CLUSTERS; i++) {
            centres[i] = gaussian(new SplittableRandom(seed ^ (i * 0x9e3779b97f4a7c15L)));
        }
    }

    /** The vector of row {@code at}; negative numbers give queries, of the same clusters but no row. Unit length. */
    float[] vector(long at) {
        SplittableRandom random = new SplittableRandom(seed * 31 + at * 0xbf58476d1ce4e5b9L);
        float[] centre = centres[random.nextInt(CLUSTERS)];
        float[] noise = gaussian(random);
        for (int i = 0; i < dimensions; i++) {
            noise[i] = (float) (centre[i] + SPREAD * noise[i]);
        }
        return Entry.unit(noise);
    }

    private float[] gaussian(SplittableRandom random) {
        float[] vector = new float[dimensions];
        for (int i = 0; i < dimensions; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return Entry.unit(vector);
    }

    /** A text of that many words. */
    String text(long at, int words) {
        SplittableRandom random = new SplittableRandom(seed * 17 + at * 0x94d049bb133111ebL);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < words; i++) {
            // Zipf by inversion: rank r with probability about 1/r.
            int rank = (int) Math.pow(WORDS, random.nextDouble());
            out.append(word(rank)).append(i % 12 == 11 ? ". " : " ");
        }
        return out.toString();
    }

    private static String word(int rank) {
        StringBuilder word = new StringBuilder();
        for (int left = rank + 40; left > 0; left /= 20) {
            word.append("bdfgklmnprstvzhcjwxq".charAt(left % 20)).append("aeiou".charAt(left % 5));
        }
        return word.toString();
    }
}
