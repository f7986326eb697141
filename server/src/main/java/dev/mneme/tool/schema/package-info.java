/** How the JSON schema of a tool is read from its source, never by running it. */
@NullMarked
package dev.mneme.tool.schema;

import org.jspecify.annotations.NullMarked;
