package dev.mneme.file.text;

/** What reading one file may cost; beyond it the file is refused. Confined to the reader's thread. */
final class Budget {
    /** Characters of text from one file: about 7,000 printed pages. */
    private static final long MOST_CHARS = 20_000_000;

    /** Bytes that a packed file may unpack to. */
    private static final long MOST_UNPACKED = 500L << 20;

    /** Time for one file, ns: ten minutes. */
    private static final long MOST_NANOS = 600_000_000_000L;

    private final long deadline = System.nanoTime() + MOST_NANOS;
    private long chars;
    private long unpacked;

    /** Says that so many characters were won. */
    void chars(long more) throws Unreadable {
        chars += more;
        if (chars > MOST_CHARS) {
            throw new Unreadable(
                    "The file holds more than " + MOST_CHARS + " characters of text. Split it and upload the parts.");
        }
        time();
    }

    /** Says that so many bytes came out of a packed file. */
    void unpacked(long more) throws Unreadable {
        unpacked += more;
        if (unpacked > MOST_UNPACKED) {
            throw new Unreadable("The file unpacks to more than " + (MOST_UNPACKED >> 20)
                    + " MB: it is not read any further, as such files are made to exhaust a server.");
        }
        time();
    }

    /** Lets others work, and ends what takes too long. */
    void time() throws Unreadable {
        Thread.yield();
        if (System.nanoTime() > deadline) {
            throw new Unreadable("Reading the file took longer than " + MOST_NANOS / 60_000_000_000L
                    + " minutes, so it was given up. Split it and upload the parts.");
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new Unreadable("Reading was interrupted.");
        }
    }
}
