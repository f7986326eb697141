/** Servers of the Model Context Protocol as a source of tools: their settings, the connections to them, what they offer (contract 11). */
@NullMarked
package dev.mneme.tool.mcp;

import org.jspecify.annotations.NullMarked;
