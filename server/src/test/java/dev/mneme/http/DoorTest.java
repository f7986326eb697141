package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.account.Access;
import dev.mneme.base.Problem;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoorTest {
    private static final Door OPEN = Door.of(false, false, List.of("https://ok.example"), "right"::equals);
    private static final Door SECURE = Door.of(true, false, List.of(), "right"::equals);
    private static final Door OFF = Door.of(false, true, List.of(), "right"::equals);

    @Test
    void aPasswordIsLookedAtOnlyWhereItDecides() {
        AtomicInteger asked = new AtomicInteger();
        Door door = Door.of(false, false, List.of(), text -> {
                    asked.incrementAndGet();
                    return false;
                })
                .withKeys(text -> text.equals("sk-mneme-known") ? Access.OWNER : null);
        for (String bearer : List.of("none", "sk-mneme-known")) {
            Map<String, String> headers = Map.of("host", "localhost:8283", "authorization", "Bearer " + bearer);
            assertThat(door.admit(true, headers::get)).isEqualTo(Access.OWNER);
        }
        assertThat(asked).hasValue(0);
    }

    /** Headers are written name=value, separated by semicolons. */
    @ParameterizedTest
    @CsvSource({
        "OPEN,   true,  host=localhost:8283, 200",
        "OPEN,   true,  host=127.0.0.1:8283, 200",
        "OPEN,   true,  host=127.8.9.1, 200",
        "OPEN,   true,  host=[::1]:8283, 200",
        "OPEN,   true,  host=letta.localhost, 200",
        "OPEN,   true,  host=ok.example, 200",
        "OPEN,   true,  host=evil.example:8283, 403",
        "OPEN,   true,  host=127.0.0.1.evil.example, 403",
        "OPEN,   true,  x=y, 403",
        "OPEN,   true,  host=evil.example;authorization=Bearer right, 200",
        "OPEN,   true,  host=localhost:8283;origin=http://localhost:8283, 200",
        "OPEN,   true,  host=localhost:8283;origin=http://localhost:3000, 200",
        "OPEN,   true,  host=localhost:8283;origin=https://ok.example, 200",
        "OPEN,   true,  host=localhost:8283;origin=http://localhost:6666, 403",
        "OPEN,   true,  host=localhost:8283;origin=https://evil.example, 403",
        "OPEN,   true,  host=localhost:8283;origin=null, 403",
        "OPEN,   true,  host=localhost:8283;origin=https://ok.example.evil.example, 403",
        "OPEN,   true,  host=localhost:8283;origin=https://evil.example;x-bare-password=password right, 200",
        "OPEN,   true,  host=localhost:8283;authorization=Bearer wrong, 200",
        "OPEN,   true,  host=localhost;x-forwarded-for=1.2.3.4, 401",
        "OPEN,   true,  host=localhost;forwarded=for=1.2.3.4, 401",
        "OPEN,   true,  host=localhost;x-real-ip=127.0.0.1, 401",
        "OPEN,   true,  host=localhost;via=1.1 proxy, 401",
        "OPEN,   true,  host=localhost;x-forwarded-user=me, 401",
        "OPEN,   true,  host=localhost;tailscale-user-login=me, 401",
        "OPEN,   true,  host=localhost;x-forwarded-for=1.2.3.4;authorization=Bearer right, 200",
        "OPEN,   false, host=localhost, 401",
        "OPEN,   false, host=10.0.0.5;authorization=Bearer right, 200",
        "OPEN,   false, host=10.0.0.5;authorization=bearer right, 200",
        "OPEN,   false, host=10.0.0.5;authorization=Basic right, 401",
        "OPEN,   false, host=10.0.0.5;authorization=Bearer wrong, 401",
        "OPEN,   false, host=10.0.0.5;authorization=right, 401",
        "OPEN,   false, host=10.0.0.5;x-bare-password=password right, 200",
        "OPEN,   false, host=10.0.0.5;x-bare-password=right, 401",
        "SECURE, true,  host=localhost, 401",
        "SECURE, true,  host=localhost;authorization=Bearer right, 200",
        "OFF,    false, host=10.0.0.5, 200",
    })
    void letsInWhomItShould(String which, boolean loopback, String headers, int status) {
        Door door = switch (which) {
            case "OPEN" -> OPEN;
            case "SECURE" -> SECURE;
            default -> OFF;
        };
        Map<String, String> given = new HashMap<>();
        for (String header : headers.split(";")) {
            String[] pair = header.split("=", 2);
            given.put(pair[0], pair[1]);
        }
        int got = 200;
        try {
            door.admit(loopback, given::get);
        } catch (Problem e) {
            got = e.code().status();
            assertThat(e.extra()).containsKey("hint");
        }
        assertThat(got).isEqualTo(status);
    }
}
