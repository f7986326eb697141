/** Mneme: the server for agents that remember. The rooms are the packages below; Main puts them together. */
@NullMarked
package dev.mneme;

import org.jspecify.annotations.NullMarked;
