package dev.mneme.base;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides whether this server may call an address that somebody else wrote. Thread-safe.
 *
 * <p>A name is resolved once and the caller connects to exactly that address, so a name cannot point elsewhere a moment later.
 * Loopback, private and link-local addresses are refused unless the operator allowed the host; the cloud's metadata services always.
 * Redirects must be checked again by whoever follows them.
 */
public final class OutboundGuard {
    /** How names are looked up. */
    @FunctionalInterface
    public interface Resolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /**
     * A checked destination.
     *
     * @param uri the address with the host replaced by the number that it was resolved to: connect to this
     * @param host the name, for the Host header and for TLS
     * @param authority name and port as the Host header wants them
     */
    public record Target(URI uri, String host, String authority) {}

    /** Metadata services of clouds, which hand out credentials to whoever asks. */
    private static final Set<String> METADATA = Set.of(
            "169.254.169.254",
            "169.254.170.2",
            "169.254.170.23",
            "100.100.100.200",
            "fd00:ec2:0:0:0:0:0:254",
            "fd20:ce:0:0:0:0:0:254");

    private static final Set<String> METADATA_NAMES = Set.of("metadata.google.internal", "metadata");

    /**
     * What is not globally reachable in IANA's registries of special-purpose addresses for IPv4 and IPv6, multicast, and the ranges of
     * IPv6 that hide an IPv4 address ({@code 64::/16} holds both of NAT64's and what is unassigned around them). ({@code ::ffff:0:0/96} never gets here: Java makes IPv4 addresses of those.)
     */
    private static final List<AddressRange> INSIDE = Stream.of(
                    "0.0.0.0/8",
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.0.0.0/24",
                    "192.0.2.0/24",
                    "192.88.99.0/24",
                    "192.168.0.0/16",
                    "198.18.0.0/15",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "224.0.0.0/4",
                    "240.0.0.0/4",
                    "::/96",
                    "64::/16",
                    "100::/64",
                    "100:0:0:1::/64",
                    "2001::/23",
                    "2001:db8::/32",
                    "2002::/16",
                    "3fff::/20",
                    "5f00::/16",
                    "fc00::/7",
                    "fe80::/10",
                    "fec0::/10",
                    "ff00::/8")
            .map(AddressRange::parse)
            .toList();

    private final Set<String> allowedHosts;
    private final List<AddressRange> allowedRanges;
    private final Resolver resolver;

    public OutboundGuard(List<String> allowed) {
        this(allowed, InetAddress::getAllByName);
    }

    /**
     * allowed: names, addresses and ranges ({@code 10.0.0.0/8}) on private networks that may be called. Throws INVALID_ARGUMENT for what looks
     * like a range and is none.
     */
    public OutboundGuard(List<String> allowed, Resolver resolver) {
        this.allowedHosts = allowed.stream()
                .filter(one -> !one.contains("/"))
                .map(OutboundGuard::plain)
                .collect(Collectors.toUnmodifiableSet());
        this.allowedRanges = allowed.stream()
                .filter(one -> one.contains("/"))
                .map(AddressRange::parse)
                .toList();
        this.resolver = resolver;
    }

    /** The destination to connect to; a Problem that says why not. */
    public Target check(URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw refused(uri, "only http and https addresses are called");
        }
        if (uri.getHost() == null || uri.getUserInfo() != null) {
            throw refused(uri, "the address has no plain host name");
        }
        String host = plain(uri.getHost());
        if (METADATA_NAMES.contains(host)) {
            throw refused(uri, "metadata services are never called");
        }
        InetAddress address = resolved(uri, host);
        return new Target(
                pinned(uri, address), host, uri.getPort() < 0 ? host(host) : host(host) + ":" + uri.getPort());
    }

    /** One address, after all of the name's addresses were found fit: a mixed answer is a trick. */
    private InetAddress resolved(URI uri, String host) {
        InetAddress[] addresses;
        try {
            addresses = resolver.resolve(host);
        } catch (UnknownHostException e) {
            throw new Problem(
                    ProblemCode.INVALID_ARGUMENT, "INVALID_ARGUMENT: The host of " + shown(uri) + " is unknown", e);
        }
        for (InetAddress address : addresses) {
            if (METADATA.contains(plain(address.getHostAddress()))) {
                throw refused(uri, "metadata services are never called");
            }
            boolean allowed = allowedHosts.contains(host)
                    || allowedHosts.contains(plain(address.getHostAddress()))
                    || allowedRanges.stream().anyMatch(range -> range.holds(address));
            if (!allowed && isInside(address)) {
                throw refused(
                        uri, "it is on a private network; list the host in MNEME_ALLOWED_PRIVATE_HOSTS to allow it");
            }
        }
        return addresses[0];
    }

    private static boolean isInside(InetAddress address) {
        return INSIDE.stream().anyMatch(range -> range.holds(address));
    }

    private static URI pinned(URI uri, InetAddress address) {
        String number = host(plain(address.getHostAddress()));
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        try {
            return new URI(uri.getScheme() + "://" + number + port + path + query);
        } catch (URISyntaxException e) {
            throw new Problem(ProblemCode.INVALID_ARGUMENT, "INVALID_ARGUMENT: " + shown(uri) + " is no address", e);
        }
    }

    private static String host(String plain) {
        return plain.contains(":") ? "[" + plain + "]" : plain;
    }

    /** Lower case, without brackets, zone or trailing point. */
    private static String plain(String host) {
        String text = host.strip().toLowerCase(Locale.ROOT);
        if (text.startsWith("[") && text.endsWith("]")) {
            text = text.substring(1, text.length() - 1);
        }
        int zone = text.indexOf('%');
        text = zone < 0 ? text : text.substring(0, zone);
        return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    }

    private static String shown(URI uri) {
        return uri.getScheme() + "://" + uri.getHost();
    }

    private static Problem refused(URI uri, String why) {
        return Problem.invalid("This server does not call " + shown(uri) + ": " + why);
    }
}
