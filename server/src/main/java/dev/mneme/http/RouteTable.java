package dev.mneme.http;

import dev.mneme.base.IdKind;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route of a request. Immutable after construction, thread-safe.
 *
 * <p>Works on the raw path, so that {@code %2F} stays inside its segment. A trailing slash makes no difference, {@code /latest} is
 * {@code /v1}, a fixed word wins over a slot.
 */
final class RouteTable {
    private static final Map<String, IdKind> IDS =
            Arrays.stream(IdKind.values()).collect(Collectors.toMap(IdKind::prefix, kind -> kind));

    private final List<Route> routes;
    private final Node root = new Node();

    RouteTable(List<Route> routes) {
        this.routes = List.copyOf(routes);
        for (Route route : routes) {
            add(route);
        }
    }

    List<Route> routes() {
        return routes;
    }

    private void add(Route route) {
        Node node = root;
        for (Route.Segment segment : route.segments()) {
            if (segment.rest()) {
                node = node.rest == null ? (node.rest = new Node()) : node.rest;
            } else if (segment.slot()) {
                node = node.slot == null ? (node.slot = new Node()) : node.slot;
            } else {
                node = node.words.computeIfAbsent(segment.text(), word -> new Node());
            }
        }
        if (node.methods.putIfAbsent(route.method(), new Leaf(route, route.segments())) != null) {
            throw new IllegalArgumentException("two routes for " + route.method() + " " + route.pattern());
        }
    }

    /** What was found: a route with its path values, or why not. */
    sealed interface Found {
        /** values: path slots by name, decoded. */
        record Match(Route route, Map<String, String> values) implements Found {}

        /** The path exists, not with this method. */
        record WrongMethod(List<String> allowed) implements Found {}

        record Nowhere() implements Found {}
    }

    Found find(String method, String rawPath) {
        List<String> parts = parts(rawPath);
        if (parts == null) {
            return new Found.Nowhere();
        }
        List<Node> nodes = new ArrayList<>(1);
        collect(root, parts, 0, nodes);
        Set<String> allowed = new TreeSet<>();
        for (Node node : nodes) {
            Leaf leaf = node.methods.get(method);
            if (leaf != null) {
                return new Found.Match(leaf.route(), values(leaf.segments(), parts));
            }
            allowed.addAll(node.methods.keySet());
        }
        return allowed.isEmpty() ? new Found.Nowhere() : new Found.WrongMethod(List.copyOf(allowed));
    }

    /** Decoded segments; null when the escapes are broken. */
    private static @Nullable List<String> parts(String rawPath) {
        String path =
                rawPath.endsWith("/") && rawPath.length() > 1 ? rawPath.substring(0, rawPath.length() - 1) : rawPath;
        List<String> parts = new ArrayList<>();
        try {
            for (String part : path.substring(Math.min(1, path.length())).split("/", -1)) {
                parts.add(part.indexOf('%') < 0 ? part : decode(part));
            }
        } catch (IllegalArgumentException e) {
            // a broken escape names nothing
            return null;
        }
        if (parts.getFirst().equals("latest")) {
            parts.set(0, "v1");
        }
        return parts;
    }

    private static String decode(String part) {
        return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static void collect(Node node, List<String> parts, int at, List<Node> found) {
        if (at == parts.size()) {
            if (!node.methods.isEmpty()) {
                found.add(node);
            }
            return;
        }
        Node word = node.words.get(parts.get(at));
        if (word != null) {
            collect(word, parts, at + 1, found);
        }
        if (node.slot != null && !parts.get(at).isEmpty()) {
            collect(node.slot, parts, at + 1, found);
        }
        if (node.rest != null && !parts.get(at).isEmpty()) {
            found.add(node.rest);
        }
    }

    /** Path values, ids checked: a malformed one is refused before anything else (contract 12.1). */
    private static Map<String, String> values(List<Route.Segment> segments, List<String> parts) {
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < segments.size(); i++) {
            Route.Segment segment = segments.get(i);
            if (segment.rest()) {
                values.put(segment.text(), String.join("/", parts.subList(i, parts.size())));
            } else if (segment.slot()) {
                values.put(segment.text(), checked(segment, parts.get(i)));
            }
        }
        return values;
    }

    private static String checked(Route.Segment segment, String value) {
        String prefix = segment.idPrefix();
        if (prefix == null) {
            return value;
        }
        IdKind kind = IDS.get(prefix);
        if (kind == null) {
            throw new IllegalArgumentException("no kind of id has the prefix " + prefix);
        }
        if (!kind.fits(value)) {
            throw malformed(segment.text(), kind, value);
        }
        return value;
    }

    /** The contract's 422 for a malformed id in a typed place of a path (contract 12.1). */
    static Invalid malformed(String slot, IdKind kind, String value) {
        return new Invalid(
                List.of(Invalid.Fault.mismatch(kind, List.of("path", slot), value)),
                kind.prefix() + "-123e4567-e89b-42d3-8456-426614174000");
    }

    private record Leaf(Route route, List<Route.Segment> segments) {}

    /** One place in the tree of paths. */
    private static final class Node {
        private final Map<String, Node> words = new LinkedHashMap<>();
        private final Map<String, Leaf> methods = new LinkedHashMap<>();
        private @Nullable Node slot;
        private @Nullable Node rest;
    }
}
