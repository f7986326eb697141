package dev.mneme.store;

import dev.mneme.base.Problem;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Addresses of PostgreSQL in the spellings that people have in their compose files: {@code postgresql://user:pass@host:port/db?sslmode=…},
 * {@code postgres://…}, SQLAlchemy's {@code postgresql+asyncpg://…} and {@code postgresql+pg8000://…}, libpq's {@code host=… dbname=…}, JDBC's own.
 */
final class PostgresAddress {
    private static final Pattern KEY_VALUE = Pattern.compile("(\\w+)\\s*=\\s*('(?:[^'\\\\]|\\\\.)*'|\\S+)");

    private PostgresAddress() {}

    /** The JDBC form. */
    static String jdbc(String address) {
        String text = address.strip();
        if (text.startsWith("jdbc:postgresql:")) {
            return text;
        }
        if (text.contains("://")) {
            return fromUri(text);
        }
        if (text.contains("=")) {
            return fromKeyValues(text);
        }
        throw Problem.invalid(
                "LETTA_PG_URI is not an address of PostgreSQL. Write postgresql://user:password@host:5432/database.");
    }

    private static String fromUri(String text) {
        URI uri;
        try {
            uri = URI.create(text.replaceFirst("^postgres(ql)?(\\+\\w+)?://", "postgresql://"));
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(
                    "LETTA_PG_URI cannot be read: write postgresql://user:password@host:5432/database and percent-encode special characters in the password.");
        }
        if (!"postgresql".equals(uri.getScheme()) || uri.getHost() == null) {
            throw Problem.invalid("LETTA_PG_URI must begin with postgresql:// and name a host.");
        }
        StringBuilder out = new StringBuilder("jdbc:postgresql://").append(uri.getHost());
        if (uri.getPort() > 0) {
            out.append(':').append(uri.getPort());
        }
        out.append(uri.getRawPath() == null || uri.getRawPath().length() < 2 ? "/letta" : uri.getRawPath());
        char separator = '?';
        String user = uri.getRawUserInfo();
        if (user != null) {
            int colon = user.indexOf(':');
            out.append(separator).append("user=").append(colon < 0 ? user : user.substring(0, colon));
            separator = '&';
            if (colon >= 0) {
                out.append("&password=").append(user.substring(colon + 1).replace("+", "%2B"));
            }
        }
        if (uri.getRawQuery() != null) {
            for (String option : uri.getRawQuery().split("&", -1)) {
                if (!option.isEmpty()) {
                    // asyncpg spells sslmode as ssl
                    String known = option.startsWith("ssl=") && !option.equals("ssl=true")
                            ? "sslmode=" + option.substring(4)
                            : option;
                    out.append(separator).append(known);
                    separator = '&';
                }
            }
        }
        return out.toString();
    }

    private static String fromKeyValues(String text) {
        String host = "localhost";
        String port = "5432";
        String database = "letta";
        StringBuilder options = new StringBuilder();
        Matcher pair = KEY_VALUE.matcher(text);
        while (pair.find()) {
            String value = pair.group(2);
            if (value.startsWith("'")) {
                value = value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1");
            }
            switch (pair.group(1)) {
                case "host", "hostaddr" -> host = value;
                case "port" -> port = value;
                case "dbname" -> database = value;
                default ->
                    options.append('&')
                            .append(pair.group(1))
                            .append('=')
                            .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
            }
        }
        String jdbc = "jdbc:postgresql://" + host + ":" + port + "/" + database;
        return options.isEmpty() ? jdbc : jdbc + "?" + options.substring(1);
    }
}
