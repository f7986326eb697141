package dev.mneme.tool.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.base.Scope;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CallGatesTest {
    private final CallGates gates = new CallGates(3, 2);

    private boolean enters(String trust) throws InterruptedException {
        return gates.enter(trust, Duration.ZERO).granted();
    }

    @Test
    void oneTrustHasItsShareAndAllTogetherTheirs() throws InterruptedException {
        try (CallGates.Permit first = gates.enter("a", Duration.ZERO)) {
            assertThat(first.granted()).isTrue();
            assertThat(enters("a")).isTrue();
            assertThat(enters("a")).as("a third of one trust").isFalse();
            assertThat(enters("b")).isTrue();
            assertThat(enters("b")).as("a fourth of all").isFalse();
            assertThat(enters("c")).isFalse();
        }
        assertThat(enters("c")).as("there is room again").isTrue();
        assertThat(enters("a")).isFalse();
    }

    @Test
    void whoGotNoRoomHoldsNone() throws InterruptedException {
        gates.enter("a", Duration.ZERO);
        CallGates.Permit second = gates.enter("a", Duration.ZERO);
        for (int i = 0; i < 5; i++) {
            gates.enter("a", Duration.ZERO).close();
        }
        assertThat(enters("b")).as("the third of all").isTrue();
        second.close();
        assertThat(enters("a")).isTrue();
    }

    @Test
    void whoWaitsGetsTheRoomThatAnotherLeaves() throws InterruptedException {
        CallGates.Permit held = gates.enter("a", Duration.ZERO);
        gates.enter("a", Duration.ZERO);
        BlockingQueue<Boolean> came = new ArrayBlockingQueue<>(1);
        try (Scope scope = new Scope("test")) {
            scope.fork("waits", () -> {
                try {
                    came.add(gates.enter("a", Duration.ofSeconds(30)).granted());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            held.close();
            assertThat(came.poll(30, TimeUnit.SECONDS)).isTrue();
        }
    }
}
