package dev.mneme.tool.sandbox;

/** What code in the sandbox may be written in. */
public enum Language {
    PYTHON,
    TYPESCRIPT,
    JAVASCRIPT,
    JAVA
}
