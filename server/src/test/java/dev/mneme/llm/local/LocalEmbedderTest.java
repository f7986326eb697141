package dev.mneme.llm.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.base.Problem;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class LocalEmbedderTest {
    @Test
    void embedsTextsOfWhichNothingIsLeft() {
        try (LocalEmbedder embedder = new LocalEmbedder()) {
            assertThat(embedder.embed(List.of("", " ", "\u0086", "tea")))
                    .hasSize(4)
                    .allMatch(vector -> vector.length == LocalEmbedder.DIMENSIONS);
        }
    }

    /** A process that ended while native code made its session was seen to die with SIGSEGV. */
    @Test
    void closingWaitsForTheModelThatIsBeingLoaded() throws Exception {
        LocalEmbedder embedder = new LocalEmbedder();
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<List<float[]>> embedding = CompletableFuture.supplyAsync(() -> {
            begun.countDown();
            return embedder.embed(List.of("tea"));
        });
        begun.await();

        embedder.close();

        assertThatThrownBy(() -> embedder.embed(List.of("tea")))
                .isInstanceOf(Problem.class)
                .hasMessage("The server is stopping.");
        // Either it came first and was waited for, or it was refused.
        assertThat(embedding.handle((vectors, refused) -> vectors != null || refused.getCause() instanceof Problem))
                .succeedsWithin(Duration.ofSeconds(10))
                .isEqualTo(true);
    }
}
