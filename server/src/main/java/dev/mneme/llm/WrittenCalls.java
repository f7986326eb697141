package dev.mneme.llm;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.message.ToolCall;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the tool calls that small models write into their text instead of making them (users.md row 7). Pure.
 *
 * <p>A call counts only if it stands in one of the forms that models are trained on and names a tool that was offered; everything else is
 * ordinary text and stays as it is. The forms: {@code <tool_call>} and {@code <function_call>} around JSON, around Qwen's
 * {@code <function=…>} or GLM's {@code <arg_key>}; a code fence with nothing but the JSON of a call; Mistral's {@code [TOOL_CALLS]};
 * Llama's {@code <|python_tag|>}, {@code <function=name>{…}</function>} and bare JSON as the whole text; the token marks of DeepSeek and
 * Kimi.
 */
final class WrittenCalls {
    /** What a text says besides its calls, and the calls in order. */
    record Found(String rest, List<ToolCall> calls) {}

    /** A call or several, and where in the text the form ends. */
    private record Form(List<ToolCall> calls, int end) {}

    /** What every form begins with; the bare JSON of a whole text aside. */
    static final List<String> OPENINGS = List.of(
            "<tool_call>",
            "<function_call>",
            "<function=",
            "```",
            "[TOOL_CALLS]",
            "<|python_tag|>",
            "<｜tool▁calls▁begin｜>",
            "<｜tool▁call▁begin｜>",
            "<|tool_calls_section_begin|>",
            "<|tool_call_begin|>");

    private static final Pattern FENCE = Pattern.compile("```[a-zA-Z_]*\\s*");
    private static final Pattern NAME = Pattern.compile("\"name\"\\s*:\\s*\"([^\"]+)\"");
    private static final Pattern ARGUMENTS = Pattern.compile("\"(?:arguments|parameters)\"\\s*:\\s*");
    private static final Pattern FUNCTION = Pattern.compile("<function=([^>\\s]+)>\\s*");
    private static final Pattern PARAMETER =
            Pattern.compile("<parameter=([^>]+)>\\n?(.*?)\\n?</parameter>\\s*", Pattern.DOTALL);
    private static final Pattern ARG_PAIR =
            Pattern.compile("<arg_key>(.*?)</arg_key>\\s*<arg_value>(.*?)</arg_value>\\s*", Pattern.DOTALL);
    private static final Pattern MISTRAL =
            Pattern.compile("([a-zA-Z0-9_.-]+)(?:\\[CALL_ID\\][^\\[{]*)?(?:\\[ARGS\\])?\\s*(?=\\{)");
    private static final Pattern DEEPSEEK = Pattern.compile(
            "<｜tool▁call▁begin｜>(?:function<｜tool▁sep｜>(\\S+)\\s*```(?:json)?|(\\S+?)<｜tool▁sep｜>)\\s*(?=\\{)");
    private static final Pattern KIMI = Pattern.compile(
            "<\\|tool_call_begin\\|>\\s*(?:functions\\.)?([^:\\s<]+)(?::\\d+)?\\s*<\\|tool_call_argument_begin\\|>\\s*(?=\\{)");

    private final String text;
    private final Set<String> offered;

    private WrittenCalls(String text, Set<String> offered) {
        this.text = text;
        this.offered = offered;
    }

    /** @param offered names of the tools that may be called */
    static Found in(String text, Set<String> offered) {
        return offered.isEmpty() || text.isBlank()
                ? new Found(text, List.of())
                : new WrittenCalls(text, offered).found();
    }

    private Found found() {
        Form bare = bare();
        if (bare != null) {
            return new Found("", bare.calls);
        }
        StringBuilder rest = new StringBuilder();
        List<ToolCall> calls = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int at = opening(from);
            Form form = at < 0 ? null : form(at);
            int until = at < 0 ? text.length() : form == null ? at + 1 : at;
            rest.append(text, from, until);
            from = until;
            if (form != null) {
                calls.addAll(form.calls);
                from = form.end;
                int end = rest.length();
                while (end > 0 && Character.isWhitespace(rest.charAt(end - 1))) {
                    end--;
                }
                rest.setLength(end);
                if (end > 0 && !text.substring(from).isBlank() && !Character.isWhitespace(text.charAt(from))) {
                    rest.append('\n');
                }
            }
        }
        return calls.isEmpty()
                ? new Found(text, List.of())
                : new Found(rest.toString().strip(), List.copyOf(calls));
    }

    /** The next place where a form may begin; negative: none. */
    private int opening(int from) {
        int first = -1;
        for (String opening : OPENINGS) {
            int at = text.indexOf(opening, from);
            first = at >= 0 && (first < 0 || at < first) ? at : first;
        }
        return first;
    }

    private @Nullable Form form(int at) {
        Form form;
        if (text.startsWith("```", at)) {
            form = fenced(at);
        } else if (text.startsWith("<function=", at)) {
            form = function(at);
        } else if (text.startsWith("[TOOL_CALLS]", at)) {
            form = mistral(at + "[TOOL_CALLS]".length());
        } else if (text.startsWith("<|python_tag|>", at)) {
            form = json(at + "<|python_tag|>".length(), false, ";");
        } else if (text.startsWith("<｜", at)) {
            form = marked(at, DEEPSEEK, List.of("```", "<｜tool▁call▁end｜>", "<｜tool▁calls▁end｜>"));
        } else if (text.startsWith("<|tool_call", at)) {
            form = marked(at, KIMI, List.of("<|tool_call_end|>", "<|tool_calls_section_end|>"));
        } else {
            form = tagged(at);
        }
        return form == null || form.calls.isEmpty() ? null : form;
    }

    /** The whole text is the JSON of calls. */
    private @Nullable Form bare() {
        int start = skipped(0);
        if (start >= text.length() || (text.charAt(start) != '{' && text.charAt(start) != '[')) {
            return null;
        }
        Form form = json(start, true, ";");
        return form != null && !form.calls.isEmpty() && text.substring(form.end).isBlank() ? form : null;
    }

    private @Nullable Form fenced(int at) {
        Matcher fence = FENCE.matcher(text).region(at, text.length());
        if (!fence.lookingAt()) {
            return null;
        }
        Form form = json(fence.end(), true, "");
        if (form == null) {
            return null;
        }
        int end = skipped(form.end);
        if (end == text.length()) {
            return new Form(form.calls, end);
        }
        return text.startsWith("```", end) ? new Form(form.calls, end + 3) : null;
    }

    /** {@code <tool_call>…</tool_call>}; the end may be missing, as the last thing that a model says. */
    private @Nullable Form tagged(int at) {
        String name = text.startsWith("<tool_call>", at) ? "tool_call" : "function_call";
        int start = skipped(at + name.length() + 2);
        String close = "</" + name + ">";
        int closing = text.indexOf(close, start);
        int end = closing < 0 ? text.length() : closing;
        int after = closing < 0 ? end : end + close.length();
        if (text.startsWith("<function=", start)) {
            Form inner = function(start);
            return inner == null ? null : new Form(inner.calls, Math.max(after, inner.end));
        }
        Form json = json(start, false, "");
        if (json != null && !json.calls.isEmpty()) {
            int rest = skipped(json.end);
            return new Form(json.calls, text.startsWith(close, rest) ? rest + close.length() : json.end);
        }
        String inside = text.substring(start, end);
        ToolCall made = inside.contains("<arg_key>") || !inside.contains("{") ? pairs(inside) : broken(inside);
        return made == null ? null : new Form(List.of(made), after);
    }

    /** GLM's form: the name on a line, then keys and values. */
    private @Nullable ToolCall pairs(String inside) {
        int line = inside.indexOf('<');
        String name = (line < 0 ? inside : inside.substring(0, line)).strip();
        if (!offered.contains(name)) {
            return null;
        }
        ObjectNode arguments = Json.object();
        Matcher pair = ARG_PAIR.matcher(inside);
        while (pair.find()) {
            arguments.set(pair.group(1).strip(), value(pair.group(2)));
        }
        return call(name, arguments.toString());
    }

    /** A call in tags whose JSON is broken: its name is plain, what is wrong with the rest the model will be told. */
    private @Nullable ToolCall broken(String inside) {
        Matcher name = NAME.matcher(inside);
        if (!name.find() || !offered.contains(name.group(1))) {
            return null;
        }
        Matcher arguments = ARGUMENTS.matcher(inside);
        String written = arguments.find() ? inside.substring(arguments.end()).strip() : inside.strip();
        return call(name.group(1), written);
    }

    /** {@code <function=name>} with JSON or with {@code <parameter=…>} inside. */
    private @Nullable Form function(int at) {
        Matcher open = FUNCTION.matcher(text).region(at, text.length());
        if (!open.lookingAt() || !offered.contains(open.group(1))) {
            return null;
        }
        int end = open.end();
        String arguments;
        Parsed parsed = parsed(end);
        if (parsed != null && parsed.tree instanceof ObjectNode object) {
            arguments = object.toString();
            end = parsed.end;
        } else {
            ObjectNode given = Json.object();
            Matcher parameter = PARAMETER.matcher(text);
            while (parameter.region(end, text.length()).lookingAt()) {
                given.set(parameter.group(1).strip(), value(parameter.group(2)));
                end = parameter.end();
            }
            arguments = given.toString();
        }
        int close = skipped(end);
        boolean closed = text.startsWith("</function>", close);
        if (!closed && close < text.length() && !text.startsWith("</tool_call>", close)) {
            return null;
        }
        return new Form(List.of(call(open.group(1), arguments)), closed ? close + "</function>".length() : close);
    }

    private @Nullable Form mistral(int at) {
        int start = skipped(at);
        if (start < text.length() && text.charAt(start) == '[') {
            return json(start, false, "");
        }
        List<ToolCall> calls = new ArrayList<>();
        int end = start;
        Matcher name = MISTRAL.matcher(text);
        while (name.region(end, text.length()).lookingAt() && offered.contains(name.group(1))) {
            Parsed parsed = parsed(name.end());
            if (parsed == null || !(parsed.tree instanceof ObjectNode)) {
                break;
            }
            calls.add(call(name.group(1), parsed.tree.toString()));
            end = skipped(parsed.end);
            end = text.startsWith("[TOOL_CALLS]", end) ? skipped(end + "[TOOL_CALLS]".length()) : end;
        }
        return new Form(calls, end);
    }

    /** Calls between marks that are tokens of their own. */
    private Form marked(int at, Pattern call, List<String> closings) {
        List<ToolCall> calls = new ArrayList<>();
        int end = at;
        Matcher next = call.matcher(text);
        int look = at;
        while (next.find(look)
                && text.substring(look, next.start()).length() <= "<|tool_calls_section_begin|>\n".length()) {
            String name = next.group(1) != null || next.groupCount() < 2 ? next.group(1) : next.group(2);
            Parsed parsed = parsed(next.end());
            if (parsed == null || !(parsed.tree instanceof ObjectNode) || !offered.contains(name)) {
                break;
            }
            calls.add(call(name, parsed.tree.toString()));
            end = parsed.end;
            boolean more = true;
            while (more) {
                more = false;
                int here = skipped(end);
                for (String closing : closings) {
                    if (text.startsWith(closing, here)) {
                        end = here + closing.length();
                        more = true;
                        break;
                    }
                }
            }
            look = end;
        }
        return new Form(calls, end);
    }

    /**
     * The JSON of one call, of a list of calls, or of several with a mark between them; no calls if one of them was not offered.
     *
     * @param complete whether the arguments must be there: where no mark says that it is a call
     */
    private @Nullable Form json(int at, boolean complete, String between) {
        List<ToolCall> calls = new ArrayList<>();
        int end = at;
        int start = skipped(at);
        while (start < text.length()) {
            Parsed parsed = parsed(start);
            if (parsed == null) {
                break;
            }
            List<ToolCall> made = new ArrayList<>();
            for (JsonNode each :
                    parsed.tree.isArray() ? parsed.tree : Json.array().add(parsed.tree)) {
                ToolCall call = call(each, complete);
                if (call == null) {
                    return calls.isEmpty() ? null : new Form(calls, end);
                }
                made.add(call);
            }
            calls.addAll(made);
            end = parsed.end;
            start = skipped(end);
            if (!between.isEmpty() && text.startsWith(between, start)) {
                start = skipped(start + between.length());
            }
            if (start < text.length() && text.charAt(start) != '{') {
                break;
            }
        }
        return calls.isEmpty() ? null : new Form(calls, end);
    }

    private @Nullable ToolCall call(JsonNode tree, boolean complete) {
        JsonNode said = tree.path("function").isObject() ? tree.get("function") : tree;
        String name = said.path("name").asText();
        JsonNode arguments = said.has("arguments") ? said.get("arguments") : said.path("parameters");
        boolean fits = arguments.isObject() || arguments.isTextual() || (!complete && arguments.isMissingNode());
        if (!offered.contains(name) || !fits) {
            return null;
        }
        return call(
                name,
                arguments.isMissingNode() ? "{}" : arguments.isTextual() ? arguments.asText() : arguments.toString());
    }

    private static ToolCall call(String name, String arguments) {
        return new ToolCall("call_" + IdKind.uuid().toString().replace("-", ""), name, arguments);
    }

    /** A value between tags: JSON where it is some, else text. */
    private static JsonNode value(String written) {
        try {
            JsonNode tree = Json.parse(written.strip());
            return tree.isMissingNode() || tree.isTextual() ? Json.tree(written) : tree;
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            return Json.tree(written);
        }
    }

    private record Parsed(JsonNode tree, int end) {}

    /** The JSON object or list that begins here. */
    private @Nullable Parsed parsed(int at) {
        if (at >= text.length() || (text.charAt(at) != '{' && text.charAt(at) != '[')) {
            return null;
        }
        String rest = text.substring(at);
        try (JsonParser parser = Json.MAPPER.createParser(rest)) {
            JsonNode tree = Json.MAPPER.readTree(parser);
            return new Parsed(tree, at + (int) parser.currentLocation().getCharOffset());
        } catch (IOException e) {
            return null;
        }
    }

    private int skipped(int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }
}
