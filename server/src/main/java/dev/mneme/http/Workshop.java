package dev.mneme.http;

import dev.mneme.tool.Registrar;

/** What the routes about tools that people write work with. */
public record Workshop(Registrar registrar) {}
