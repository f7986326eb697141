package dev.mneme.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A request's body, read from whoever publishes it: one buffer is asked for when the one before is used up, so that a long body is never in
 * memory whole. Confined to the request's thread; the publisher may be on any.
 */
final class PublishedBody extends InputStream {
    /** What came from the publisher. */
    private sealed interface Part {
        record Bytes(ByteBuffer buffer) implements Part {}

        record Broken(Throwable reason) implements Part {}

        record End() implements Part {}
    }

    private final HttpRequest.BodyPublisher publisher;
    private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
    private Flow.@Nullable Subscription subscription;
    private ByteBuffer now = ByteBuffer.allocate(0);
    private boolean ended;
    private @Nullable Throwable failure;

    PublishedBody(HttpRequest.BodyPublisher publisher) {
        this.publisher = publisher;
    }

    /** Why the publisher could not go on; null: it could. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    @Override
    public int read() throws IOException {
        return fill() ? now.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, now.remaining());
        now.get(to, offset, count);
        return count;
    }

    /** Sees to it that there is a byte to read; false at the end. */
    private boolean fill() throws IOException {
        try {
            while (!now.hasRemaining()) {
                if (ended) {
                    return false;
                }
                ask();
                switch (parts.take()) {
                    case Part.Bytes(ByteBuffer buffer) -> now = buffer;
                    case Part.End() -> ended = true;
                    case Part.Broken(Throwable reason) -> {
                        ended = true;
                        failure = reason;
                        throw new IOException("the body of the request broke off: " + reason, reason);
                    }
                }
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the server stops");
        }
    }

    private void ask() throws InterruptedException {
        if (subscription == null) {
            BlockingQueue<Flow.Subscription> subscribed = new LinkedBlockingQueue<>();
            publisher.subscribe(new Reader(subscribed));
            subscription = subscribed.take();
        }
        try {
            subscription.request(1);
        } catch (RuntimeException e) {
            // publishers of the JDK throw here what they could not read
            parts.add(new Part.Broken(e));
        }
    }

    @Override
    public void close() {
        ended = true;
        now = ByteBuffer.allocate(0);
        if (subscription != null) {
            subscription.cancel();
        }
    }

    /** Hands on what is published. */
    private final class Reader implements Flow.Subscriber<ByteBuffer> {
        private final BlockingQueue<Flow.Subscription> subscribed;

        private Reader(BlockingQueue<Flow.Subscription> subscribed) {
            this.subscribed = subscribed;
        }

        @Override
        public void onSubscribe(Flow.Subscription one) {
            subscribed.add(one);
        }

        @Override
        public void onNext(ByteBuffer buffer) {
            parts.add(new Part.Bytes(buffer));
        }

        @Override
        public void onError(Throwable reason) {
            parts.add(new Part.Broken(reason));
        }

        @Override
        public void onComplete() {
            parts.add(new Part.End());
        }
    }
}
