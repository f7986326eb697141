package dev.mneme.search;

import java.util.stream.DoubleStream;

/**
 * Two scores made one, by a weighted sum of normalised scores (decision 0010, where it is measured against others). Pure.
 *
 * <p>Words: BM25 as a part of the score that no text surpasses, so words that say little do not pass for a good answer when nothing
 * better is there. Vectors: how far the cosine is on the way from the usual to 1, since some embedders put everything between 0.7 and
 * 0.9; the usual is the mean of the nearest hundred, of which those that do not exist count 0.
 */
final class Fusion {
    /** How much the vector half counts. Flat between 0.3 and 0.5; the lower one is safer for languages that an embedder does not know. */
    static final double VECTOR_WEIGHT = 0.3;

    private static final int NEAREST = 100;

    private final boolean text;
    private final boolean vector;
    private final double ideal;
    private final double usual;

    /**
     * @param text whether the keyword half was asked
     * @param vector whether the vector half was asked
     * @param ideal the BM25 score that no text surpasses; 0 when nothing has text
     * @param cosines of the vector half's hits, best first
     */
    Fusion(boolean text, boolean vector, double ideal, DoubleStream cosines) {
        this.text = text;
        this.vector = vector;
        this.ideal = ideal;
        this.usual = cosines.limit(NEAREST).map(cosine -> Math.max(0, cosine)).sum() / NEAREST;
    }

    /** 0..1. cosine: NaN for an entry without comparable vector. */
    double score(double textScore, double cosine) {
        double words = ideal > 0 ? Math.clamp(textScore / ideal, 0, 1) : 0;
        double near = Double.isNaN(cosine) ? 0 : Math.clamp(cosine, 0, 1);
        if (!vector) {
            return words;
        }
        if (!text) {
            return near;
        }
        double above = usual < 1 ? Math.max(0, (near - usual) / (1 - usual)) : 0;
        return VECTOR_WEIGHT * above + (1 - VECTOR_WEIGHT) * words;
    }
}
