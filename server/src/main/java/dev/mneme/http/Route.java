package dev.mneme.http;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One thing that the server answers. The list of routes is the single source of what is served, of openapi.json and of the docs page.
 *
 * @param pattern path from {@code /v1} on, without trailing slash; {@code {x}} any segment, {@code {x:agent}} an id of that prefix,
 *     {@code {x*}} the rest of the path
 * @param body the record that a JSON body is read into; null: none is read
 * @param bodyOptional whether the body may be left out
 * @param form whether the body is a form with a part {@code file}, which the handler reads as it arrives
 * @param gives the record, or a list of it, that the answer carries; null: see the summary
 * @param reach who among the holders of API keys may call it
 * @param open served without authentication
 * @param hidden left out of openapi.json
 */
record Route(
        String method,
        String pattern,
        String room,
        String summary,
        List<Param<?>> params,
        @Nullable Class<?> body,
        boolean bodyOptional,
        boolean form,
        @Nullable Class<?> gives,
        boolean list,
        Reach reach,
        boolean open,
        boolean hidden,
        Handler handler) {
    /** Which API keys open a route; the server's password opens all (decision 0022). {@link Gate} enforces it. */
    enum Reach {
        /** Every key: tells nothing about anybody, or only what everybody of the organisation uses, as its models. */
        EVERYBODY,
        /** Changes nothing: keys of role read_only too. */
        READ,
        WRITE,
        /** Keys of role admin. */
        ADMIN,
        /** No key. */
        OWNER
    }

    private static final Pattern SLOT = Pattern.compile("\\{(\\w+)(?::(\\w+))?(\\*)?}");

    /** One piece of a pattern: a fixed word, or a slot with a name. */
    record Segment(String text, boolean slot, @Nullable String idPrefix, boolean rest) {}

    List<Segment> segments() {
        List<Segment> out = new ArrayList<>();
        for (String part : pattern.substring(1).split("/", -1)) {
            Matcher slot = SLOT.matcher(part);
            if (slot.matches()) {
                out.add(new Segment(String.valueOf(slot.group(1)), true, slot.group(2), slot.group(3) != null));
            } else {
                out.add(new Segment(part, false, null, false));
            }
        }
        return out;
    }

    /** The same under another name, which is not shown. */
    Route named(String other) {
        return new Route(
                method,
                other,
                room,
                summary,
                params,
                body,
                bodyOptional,
                form,
                gives,
                list,
                reach,
                open,
                true,
                handler);
    }

    static Draft get(String pattern, String summary) {
        return new Draft("GET", pattern, summary);
    }

    static Draft post(String pattern, String summary) {
        return new Draft("POST", pattern, summary);
    }

    static Draft put(String pattern, String summary) {
        return new Draft("PUT", pattern, summary);
    }

    static Draft patch(String pattern, String summary) {
        return new Draft("PATCH", pattern, summary);
    }

    static Draft delete(String pattern, String summary) {
        return new Draft("DELETE", pattern, summary);
    }

    static Draft of(String method, String pattern, String summary) {
        return new Draft(method, pattern, summary);
    }

    /** A route being written down. */
    static final class Draft {
        private final String method;
        private final String pattern;
        private final String summary;
        private final List<Param<?>> params = new ArrayList<>();
        private @Nullable Class<?> body;
        private boolean bodyOptional;
        private boolean form;
        private @Nullable Class<?> gives;
        private boolean list;
        private @Nullable Reach reach;
        private boolean open;
        private boolean hidden;

        private Draft(String method, String pattern, String summary) {
            this.method = method;
            this.pattern = pattern;
            this.summary = summary;
        }

        Draft takes(Param<?>... more) {
            params.addAll(List.of(more));
            return this;
        }

        Draft body(Class<?> type) {
            body = type;
            return this;
        }

        Draft optionalBody(Class<?> type) {
            body = type;
            bodyOptional = true;
            return this;
        }

        /** The body is a form with a part {@code file}. */
        Draft form() {
            form = true;
            return this;
        }

        Draft gives(Class<?> type) {
            gives = type;
            return this;
        }

        Draft givesList(Class<?> type) {
            gives = type;
            list = true;
            return this;
        }

        /** Who may call it, when the method does not say it: GET reads, everything else writes. */
        Draft reach(Reach who) {
            reach = who;
            return this;
        }

        Draft open() {
            open = true;
            return this;
        }

        Draft hidden() {
            hidden = true;
            return this;
        }

        Route by(Handler handler) {
            String[] parts = pattern.split("/");
            String room = parts.length > 2 ? parts[2] : "server";
            return new Route(
                    method,
                    pattern,
                    room,
                    summary,
                    List.copyOf(params),
                    body,
                    bodyOptional,
                    form,
                    gives,
                    list,
                    reach == null ? method.equals("GET") ? Reach.READ : Reach.WRITE : reach,
                    open,
                    hidden,
                    handler);
        }
    }
}
