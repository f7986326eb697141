package dev.mneme.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * An answer's body on its way to a reader in the same process. Every write waits until the reader asks for more, and fails once the reader
 * has cancelled: there is no buffer between the two. Written by one thread; the reader may ask and cancel on any.
 */
final class DeliveredBody extends OutputStream {
    private final BodySubscriber<?> reader;
    private final long length;
    private long written;
    private long wanted;
    private boolean gone;
    private boolean ended;

    /** Tells the reader that its answer has begun. length in bytes, or {@link Exchange#UNKNOWN}. */
    DeliveredBody(BodySubscriber<?> reader, long length) {
        this.reader = reader;
        this.length = length;
        reader.onSubscribe(new Demand());
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int count) throws IOException {
        if (count == 0) {
            return;
        }
        await();
        byte[] copy = Arrays.copyOfRange(from, offset, offset + count);
        try {
            reader.onNext(List.of(ByteBuffer.wrap(copy).asReadOnlyBuffer()));
        } catch (RuntimeException e) {
            leave();
            throw new IOException("the reader failed: " + e, e);
        }
        written += count;
    }

    private void await() throws IOException {
        try {
            synchronized (this) {
                while (wanted == 0 && !gone) {
                    wait();
                }
                if (gone) {
                    throw new IOException("the reader left");
                }
                wanted--;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end(new IOException("the server has stopped"));
            throw new InterruptedIOException("the server stops");
        }
    }

    /** The reader takes no more. */
    synchronized void leave() {
        gone = true;
        notifyAll();
    }

    @Override
    public void close() {
        boolean whole = length == Exchange.UNKNOWN || written == length;
        end(whole ? null : new IOException("the answer broke off after " + written + " of " + length + " bytes"));
    }

    /** Ends the body for the reader, as a whole one or by a failure. The first end counts. */
    void end(@Nullable IOException failure) {
        synchronized (this) {
            if (ended || gone) {
                ended = true;
                return;
            }
            ended = true;
        }
        if (failure == null) {
            reader.onComplete();
        } else {
            reader.onError(failure);
        }
    }

    /** What the reader says. */
    private final class Demand implements Flow.Subscription {
        @Override
        public void request(long count) {
            synchronized (DeliveredBody.this) {
                if (count <= 0) {
                    gone = true;
                } else {
                    wanted = wanted + count < 0 ? Long.MAX_VALUE : wanted + count;
                }
                DeliveredBody.this.notifyAll();
            }
            if (count <= 0) {
                reader.onError(new IllegalArgumentException("asked for " + count + " buffers"));
            }
        }

        @Override
        public void cancel() {
            leave();
        }
    }
}
