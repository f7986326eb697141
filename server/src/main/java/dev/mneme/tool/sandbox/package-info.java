/** Where code that people bring runs and reaches nothing of ours. */
@NullMarked
package dev.mneme.tool.sandbox;

import org.jspecify.annotations.NullMarked;
