package dev.mneme.http;

/** What a route does. Runs on the request's own virtual thread and may block. */
@FunctionalInterface
interface Handler {
    Answer answer(Call call);
}
