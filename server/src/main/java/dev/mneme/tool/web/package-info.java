/** Tools that look outside: searching the web, reading a page. */
@NullMarked
package dev.mneme.tool.web;

import org.jspecify.annotations.NullMarked;
