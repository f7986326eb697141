package dev.mneme.llm;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A response body that is read by blocking, with a limit on each wait: what the JDK's own stream of a body lacks.
 *
 * <p>Written by the HTTP client's threads, read by one thread. The client reads ahead only a few buffers.
 */
final class BodyPipe implements HttpResponse.BodySubscriber<BodyPipe> {
    /** Buffers (16 KB each) that the client may have read before they are asked for. */
    private static final int AHEAD = 8;

    private sealed interface Piece {
        record Bytes(List<ByteBuffer> buffers) implements Piece {}

        record End() implements Piece {}

        record Broken(Throwable cause) implements Piece {}
    }

    private final LinkedBlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
    private final CompletableFuture<Flow.Subscription> source = new CompletableFuture<>();
    private final Queue<ByteBuffer> ready = new ArrayDeque<>();
    private boolean ended;

    @Override
    public CompletionStage<BodyPipe> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        source.complete(subscription);
        subscription.request(AHEAD);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        pieces.add(new Piece.Bytes(buffers));
    }

    @Override
    public void onError(Throwable cause) {
        pieces.add(new Piece.Broken(cause));
    }

    @Override
    public void onComplete() {
        pieces.add(new Piece.End());
    }

    /**
     * The next bytes; null at the end.
     *
     * @param nanos longest wait; 0: none
     */
    @Nullable
    ByteBuffer next(long nanos) throws IOException, InterruptedException, TimeoutException {
        while (true) {
            ByteBuffer buffer = ready.poll();
            if (buffer != null && buffer.hasRemaining()) {
                return buffer;
            }
            if (buffer != null) {
                continue;
            }
            if (ended) {
                return null;
            }
            Piece piece = nanos <= 0 ? pieces.take() : pieces.poll(nanos, TimeUnit.NANOSECONDS);
            switch (piece) {
                case null -> throw new TimeoutException();
                case Piece.Bytes bytes -> {
                    ready.addAll(bytes.buffers());
                    source.join().request(1);
                }
                case Piece.End end -> ended = true;
                case Piece.Broken broken -> {
                    ended = true;
                    throw new IOException(broken.cause().getMessage(), broken.cause());
                }
            }
        }
    }

    /** Stops the exchange; the connection is dropped. */
    void cancel() {
        if (source.isDone()) {
            source.join().cancel();
        } else {
            source.thenAccept(Flow.Subscription::cancel);
        }
    }
}
