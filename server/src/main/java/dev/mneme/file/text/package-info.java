/** Turns uploads into text and text into passages: PDF, HTML, Office files, tables, programs, plain text. Knows no database. */
@NullMarked
package dev.mneme.file.text;

import org.jspecify.annotations.NullMarked;
