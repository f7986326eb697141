/** The program inside the jail that compiles, reads and calls Java: nothing of the server's runs beside it, only the JDK and Jackson. */
@NullMarked
package dev.mneme.tool.sandbox.inmate;

import org.jspecify.annotations.NullMarked;
