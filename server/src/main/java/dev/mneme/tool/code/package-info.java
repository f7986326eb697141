/** Tools by which a model runs programs that it writes itself. */
@NullMarked
package dev.mneme.tool.code;

import org.jspecify.annotations.NullMarked;
