package dev.mneme.search;

/** Two scores made one (decision 0010). Pure. */
final class Fusion {
    /** How much the vector half counts. */
    static final double VECTOR_WEIGHT = 0.5;

    private final double bestText;
    private final double bestCosine;
    private final double worstCosine;
    private final boolean text;
    private final boolean vector;

    /**
     * @param text whether the keyword half was asked
     * @param vector whether the vector half was asked
     * @param bestText highest BM25 score of the search
     * @param bestCosine highest cosine of the search
     * @param worstCosine lowest cosine among the vector half's own hits
     */
    Fusion(boolean text, boolean vector, double bestText, double bestCosine, double worstCosine) {
        this.text = text;
        this.vector = vector;
        this.bestText = bestText;
        this.bestCosine = bestCosine;
        this.worstCosine = worstCosine;
    }

    /** 0..1. cosine: NaN for an entry without comparable vector. */
    double score(double textScore, double cosine) {
        double words = bestText > 0 ? textScore / bestText : 0;
        if (!vector) {
            return words;
        }
        double near = Double.isNaN(cosine) ? 0 : cosine;
        if (!text) {
            return Math.clamp(near, 0, 1);
        }
        double span = bestCosine - worstCosine;
        double relative = Double.isNaN(cosine) ? 0 : span > 0 ? (cosine - worstCosine) / span : 1;
        return VECTOR_WEIGHT * Math.clamp(relative, 0, 1) + (1 - VECTOR_WEIGHT) * words;
    }
}
