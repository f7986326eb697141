/** Talks to a Mneme server. Needs nothing of the server and no library but Jackson. Null is never passed or returned unless said. */
package dev.mneme.client;
