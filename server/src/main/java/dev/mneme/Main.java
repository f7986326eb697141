package dev.mneme;

/** The composition root: builds everything in order, closes it in reverse. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        throw new UnsupportedOperationException("under construction");
    }
}
