package dev.mneme.tool.mcp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a server is reached; templates are unresolved (contract 11 §1). Prints without its secrets.
 *
 * @param authHeader the header that carries the token, null: there is none
 * @param authToken without its {@code Bearer}
 * @param customHeaders when there are any, the token is not sent
 */
public record McpConfig(
        Type type,
        @Nullable String url,
        @Nullable String authHeader,
        @Nullable String authToken,
        @Nullable Map<String, String> customHeaders,
        @Nullable String command,
        @Nullable List<String> args,
        @Nullable Map<String, String> env) {
    static final String AUTHORIZATION = "Authorization";
    static final String BEARER = "Bearer ";

    private static final Pattern TEMPLATE =
            Pattern.compile("\\{\\{\\s*([A-Z_][A-Z0-9_]*)\\s*(?:\\|\\s*([^}]*?)\\s*)?}}");

    /** The ways to talk with a server. */
    public enum Type {
        STDIO,
        SSE,
        STREAMABLE_HTTP;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The way of a word, null when there is none. */
        public static @Nullable Type find(@Nullable String word) {
            for (Type type : values()) {
                if (type.word().equals(word)) {
                    return type;
                }
            }
            return null;
        }
    }

    /** A server with an address, its header names and values cleaned; a token without a header is dropped. */
    public static McpConfig http(
            Type type,
            @Nullable String url,
            @Nullable String header,
            @Nullable String token,
            @Nullable Map<String, String> headers) {
        Map<String, String> clean = cleaned(headers);
        boolean kept = header != null
                && token != null
                && (clean == null || clean.keySet().stream().noneMatch(header::equalsIgnoreCase));
        return new McpConfig(
                type,
                url,
                kept ? (AUTHORIZATION.equalsIgnoreCase(header) ? AUTHORIZATION : header) : null,
                kept && token != null ? bare(token) : null,
                clean,
                null,
                null,
                null);
    }

    /** A program of this machine. */
    public static McpConfig stdio(
            @Nullable String command, @Nullable List<String> args, @Nullable Map<String, String> env) {
        return new McpConfig(Type.STDIO, null, null, null, null, command, args, env);
    }

    /** A server of which only its type is known: its address has to be set anew. */
    static McpConfig unknown(String type) {
        Type known = Type.find(type);
        return new McpConfig(known == null ? Type.STREAMABLE_HTTP : known, null, null, null, null, null, null, null);
    }

    /** This one with what the other says; null leaves as it is. env goes only with a command or arguments. */
    public McpConfig with(McpConfig change) {
        return switch (type) {
            case STDIO -> {
                boolean program = change.command() != null || change.args() != null;
                yield stdio(
                        change.command() == null ? command : change.command(),
                        change.args() == null ? args : change.args(),
                        program ? change.env() : env);
            }
            case SSE, STREAMABLE_HTTP ->
                http(
                        type,
                        change.url() == null ? url : change.url(),
                        change.authToken() == null ? authHeader : change.authHeader(),
                        change.authToken() == null ? authToken : change.authToken(),
                        change.customHeaders() == null ? customHeaders : change.customHeaders());
        };
    }

    /** Whether it carries credentials of its own. */
    boolean authorizes() {
        boolean header =
                customHeaders != null && customHeaders.keySet().stream().anyMatch(AUTHORIZATION::equalsIgnoreCase);
        boolean token = (customHeaders == null || customHeaders.isEmpty()) && authToken != null;
        return header || token && AUTHORIZATION.equalsIgnoreCase(authHeader);
    }

    /** The headers to connect with, templates filled from the environment. */
    Map<String, String> headers(Map<String, String> environment) {
        Map<String, String> out = new LinkedHashMap<>();
        if (customHeaders != null && !customHeaders.isEmpty()) {
            customHeaders.forEach((name, value) -> out.put(name, filled(value, environment)));
        } else if (authHeader != null && authToken != null) {
            String token = filled(authToken, environment);
            out.put(authHeader, authHeader.equals(AUTHORIZATION) ? BEARER + token : token);
        }
        return out;
    }

    /** {@code {{ VAR }}} and {@code {{ VAR | default }}}; a text with one that has no value stays whole. */
    static String filled(String text, Map<String, String> environment) {
        Matcher matcher = TEMPLATE.matcher(text);
        StringBuilder out = new StringBuilder();
        while (matcher.find()) {
            String value = environment.get(matcher.group(1));
            String used = value == null ? matcher.group(2) : value;
            if (used == null) {
                return text;
            }
            matcher.appendReplacement(out, Matcher.quoteReplacement(used));
        }
        return matcher.appendTail(out).toString();
    }

    private static String bare(String token) {
        return token.regionMatches(true, 0, BEARER, 0, BEARER.length()) ? token.substring(BEARER.length()) : token;
    }

    private static @Nullable Map<String, String> cleaned(@Nullable Map<String, String> headers) {
        if (headers == null || headers.isEmpty()) {
            return null;
        }
        Map<String, String> out = new LinkedHashMap<>();
        headers.forEach(
                (name, value) -> out.put(stripped(name).replaceAll(":+$", "").strip(), stripped(value)));
        return out;
    }

    private static String stripped(String text) {
        return text.strip().replaceAll("^[\"']+|[\"']+$", "").strip();
    }

    @Override
    public String toString() {
        return "McpConfig[" + type.word() + " " + (url == null ? command : url) + "]";
    }
}
