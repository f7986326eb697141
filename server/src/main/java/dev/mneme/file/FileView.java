package dev.mneme.file;

/** How many files an agent sees at once and how many characters of each, by the size of its context window in tokens (contract 01 §3). */
public record FileView(int files, int chars) {
    public static FileView of(int window) {
        if (window <= 0) {
            return new FileView(5, 50_000);
        }
        if (window <= 8_000) {
            return new FileView(3, 5_000);
        }
        if (window <= 32_000) {
            return new FileView(5, 15_000);
        }
        if (window <= 128_000) {
            return new FileView(10, 25_000);
        }
        return window <= 200_000 ? new FileView(10, 40_000) : new FileView(15, 40_000);
    }
}
