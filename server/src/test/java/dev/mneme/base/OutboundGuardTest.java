package dev.mneme.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which addresses of others are called. */
class OutboundGuardTest {
    private final OutboundGuard guard = new OutboundGuard(List.of("nas.local", "10.1.1.1"), OutboundGuardTest::lookup);

    private static InetAddress[] lookup(String host) throws UnknownHostException {
        return switch (host) {
            case "example.com" -> InetAddress.getAllByName("93.184.215.14");
            case "inside.example.com" -> InetAddress.getAllByName("10.0.0.5");
            case "mixed.example.com" ->
                new InetAddress[] {InetAddress.getByName("93.184.215.14"), InetAddress.getByName("127.0.0.1")};
            case "nas.local" -> InetAddress.getAllByName("192.168.1.9");
            case "sly.example.com" -> InetAddress.getAllByName("169.254.169.254");
            case "unknown.example.com" -> throw new UnknownHostException(host);
            default -> InetAddress.getAllByName(host);
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1/",
                "http://127.9.9.9:80",
                "http://0.0.0.0",
                "http://10.2.3.4",
                "http://172.16.0.1",
                "http://192.168.0.1",
                "http://169.254.1.1",
                "http://100.64.0.1",
                "http://198.18.0.1",
                "http://240.0.0.1",
                "http://224.0.0.1",
                "http://[::1]",
                "http://[::]",
                "http://[fe80::1]",
                "http://[fc00::1]",
                "http://[fd12::1]",
                "http://[::ffff:127.0.0.1]",
                "http://[64:ff9b::7f00:1]",
                "http://[2002:7f00:1::]",
                "http://[::7f00:1]",
                "http://192.0.0.8",
                "http://192.0.2.1",
                "http://192.88.99.1",
                "http://198.51.100.7",
                "http://203.0.113.7",
                "http://255.255.255.255",
                "http://[64:ff9b:1::1]",
                "http://[64:ff9b:2::1]",
                "http://[100::1]",
                "http://[2001::1]",
                "http://[2001:db8::1]",
                "http://[fec0::1]",
                "http://[ff02::1]",
                "http://inside.example.com",
                "http://mixed.example.com",
                "http://169.254.169.254/latest/meta-data",
                "http://metadata.google.internal/x",
                "http://[fd00:ec2::254]/",
                "http://sly.example.com",
                "http://2130706433/",
                "file:///etc/passwd",
                "ftp://example.com",
                "http://user:pw@example.com/",
                "http://unknown.example.com",
                "mailto:x@y.z"
            })
    void refuses(String address) {
        assertThatThrownBy(() -> guard.check(URI.create(address)))
                .isInstanceOf(Problem.class)
                .hasMessageStartingWith("INVALID_ARGUMENT: ");
    }

    @Test
    void pinsWhatItAllows() {
        OutboundGuard.Target target = guard.check(URI.create("https://example.com:8443/a/b?c=d"));
        assertThat(target.uri()).isEqualTo(URI.create("https://93.184.215.14:8443/a/b?c=d"));
        assertThat(target.host()).isEqualTo("example.com");
        assertThat(target.authority()).isEqualTo("example.com:8443");
    }

    @Test
    void allowedHostsByNameOrNumber() {
        assertThat(guard.check(URI.create("http://nas.local/v1")).uri()).isEqualTo(URI.create("http://192.168.1.9/v1"));
        assertThat(guard.check(URI.create("http://NAS.local./v1")).authority()).isEqualTo("nas.local");
        assertThat(guard.check(URI.create("http://10.1.1.1/v1")).uri()).isEqualTo(URI.create("http://10.1.1.1/v1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://192.0.1.1",
                "http://100.128.0.1",
                "http://172.32.0.1",
                "http://198.20.0.1",
                "http://[2606:4700::1]"
            })
    void callsWhatLiesBesideARange(String address) {
        assertThat(guard.check(URI.create(address)).uri()).isNotNull();
    }

    @Test
    void allowedRangesOpenWhatTheyHoldAndNoMore() {
        OutboundGuard office = new OutboundGuard(List.of("10.20.0.0/16", "fd12:3400::/24"), OutboundGuardTest::lookup);
        assertThat(office.check(URI.create("http://10.20.255.255/")).host()).isEqualTo("10.20.255.255");
        assertThat(office.check(URI.create("http://[fd12:34ff::1]/")).host()).isEqualTo("fd12:34ff::1");
        for (String other : List.of("http://10.21.0.0/", "http://[fd12:3500::1]/", "http://inside.example.com/")) {
            assertThatThrownBy(() -> office.check(URI.create(other)))
                    .hasMessageContaining("MNEME_ALLOWED_PRIVATE_HOSTS");
        }
        assertThatThrownBy(
                        () -> new OutboundGuard(List.of("169.254.0.0/16")).check(URI.create("http://169.254.169.254/")))
                .hasMessageContaining("metadata");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"10.0.0.0/33", "10.0.0.0/-1", "localhost/8", "10.0.0/8/8", "300.1.1.1/8", "::/129", "/8", "10/8"
            })
    void whatIsNoRangeIsNamed(String text) {
        assertThatThrownBy(() -> new OutboundGuard(List.of(text)))
                .isInstanceOf(Problem.class)
                .hasMessageContaining(text + " is no range");
    }

    @Test
    void metadataIsNeverAllowed() {
        OutboundGuard generous = new OutboundGuard(List.of("169.254.169.254", "metadata.google.internal"));
        assertThatThrownBy(() -> generous.check(URI.create("http://169.254.169.254/")))
                .hasMessageContaining("never");
        assertThatThrownBy(() -> generous.check(URI.create("http://metadata.google.internal/")))
                .hasMessageContaining("never");
    }

    @Test
    void resolvesOnce() {
        AtomicInteger asked = new AtomicInteger();
        OutboundGuard counting = new OutboundGuard(List.of(), host -> {
            asked.incrementAndGet();
            return InetAddress.getAllByName("93.184.215.14");
        });
        counting.check(URI.create("http://twice.example.com/"));
        assertThat(asked).hasValue(1);
    }
}
