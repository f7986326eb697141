package dev.mneme.config;

/** A chapter of the settings page. */
public enum Topic {
    SERVER("Server"),
    SECURITY("Security"),
    STORAGE("Storage"),
    STREAMS("Streams"),
    MEMORY("Memory"),
    MODELS("Models"),
    TOOLS("Tools"),
    CLIENT("Command line as a client");

    private final String title;

    Topic(String title) {
        this.title = title;
    }

    public String title() {
        return title;
    }
}
