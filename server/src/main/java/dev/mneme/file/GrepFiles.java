package dev.mneme.file;

import dev.mneme.store.Db;
import dev.mneme.tool.Doc;
import dev.mneme.tool.RecordTool;
import dev.mneme.tool.Tool;
import dev.mneme.tool.ToolContext;
import dev.mneme.tool.ToolEffect;
import dev.mneme.tool.ToolOutcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** The tool that finds lines in the files of an agent by a regular expression (contract 06 §6.8). Thread-safe. */
final class GrepFiles {
    private static final String NAME = "grep_files";

    /** Characters of a pattern. */
    private static final int LONGEST = 1_000;

    /** Matches shown at once, and collected at most. */
    private static final int PAGE = 20;

    private static final int MOST = 1_000;

    /** Characters searched in one file and in all. */
    private static final long MOST_IN_FILE = 50L << 20;

    private static final long MOST_IN_ALL = 200L << 20;

    /** Time for a search, ns: patterns can be made that never end. */
    private static final long MOST_NANOS = 30_000_000_000L;

    private static final int MOST_CONTEXT = 50;

    private final Db db;
    private final AgentFiles files;

    GrepFiles(Db db, AgentFiles files) {
        this.db = db;
        this.files = files;
    }

    Tool tool() {
        return new RecordTool<>(NAME, Grep.class, this::start);
    }

    @Doc("Find lines in all files of your folders, open or not, by a regular expression; case does not count.")
    record Grep(
            @Doc("The regular expression, at most 1000 characters.")
            String pattern,

            @Doc("Only files whose names fit this pattern, for example *.py.") @Nullable
            String include,

            @Doc("Lines shown around each match; 1 if left out.") @Nullable
            Integer contextLines,

            @Doc("How many matches to pass over, for the next page.") @Nullable
            Integer offset) {}

    /** A matching line. */
    private record Match(String label, int number, List<String> shown) {}

    /** What a search has come to so far. Confined to one call. */
    private static final class Findings {
        final List<Match> matches = new ArrayList<>();
        final Map<String, Integer> counts = new LinkedHashMap<>();
        final List<String> associations = new ArrayList<>();
        int searched;
        int skipped;
        long chars;
    }

    private ToolEffect start(Grep call, ToolContext context) {
        if (call.pattern.isBlank()) {
            return failed("Empty search pattern provided");
        }
        if (call.pattern.length() > LONGEST) {
            return failed("Pattern too long: " + call.pattern.length() + " characters (maximum " + LONGEST + ")");
        }
        try {
            Pattern pattern = Pattern.compile(call.pattern, Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);
            Pattern include = include(call.include);
            Findings found = search(context, pattern, include, call);
            ToolOutcome outcome = RecordTool.ok(found == null ? nothing(context, call) : told(call, found));
            List<String> touched = found == null ? List.of() : List.copyOf(new HashSet<>(found.associations));
            return tx -> {
                files.touch(tx, touched);
                return outcome;
            };
        } catch (PatternSyntaxException e) {
            return failed("Invalid regex pattern: " + e.getDescription() + " at position " + Math.max(0, e.getIndex()));
        } catch (Patience.Over e) {
            return failed("The search took longer than 30 seconds. Use a simpler pattern, or include fewer files.");
        } catch (StackOverflowError e) {
            return failed("Invalid regex pattern: too much repetition in it for these files"); // Java's engine recurses
        }
    }

    private static ToolEffect failed(String text) {
        ToolOutcome failed = RecordTool.failed(NAME, "ValueError", text);
        return tx -> failed;
    }

    /** A glob when it has a star and nothing else of an expression. */
    static @Nullable Pattern include(@Nullable String include) {
        if (include == null || include.isBlank()) {
            return null;
        }
        boolean glob = include.contains("*") && !include.matches(".*[\\[\\](){}^$+|\\\\].*") && !include.contains(".*");
        String text = include;
        if (glob) {
            StringBuilder out = new StringBuilder();
            for (char c : include.toCharArray()) {
                out.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
            }
            text = out.append('$').toString();
        }
        return Pattern.compile(text, Pattern.CASE_INSENSITIVE);
    }

    private List<AgentFile> filesOf(ToolContext context) {
        return db.of(context.organizationId()).read(tx -> files.files(tx, context.agentId())).stream()
                .sorted(Comparator.comparing(AgentFile::label))
                .toList();
    }

    /** Null when there is no file to search. */
    private @Nullable Findings search(ToolContext context, Pattern pattern, @Nullable Pattern include, Grep call) {
        List<AgentFile> wanted = filesOf(context).stream()
                .filter(file -> include == null || include.matcher(file.label()).find())
                .toList();
        if (wanted.isEmpty()) {
            return null;
        }
        Findings found = new Findings();
        long deadline = System.nanoTime() + MOST_NANOS;
        int around = call.contextLines == null ? 1 : Math.clamp(call.contextLines, 0, MOST_CONTEXT);
        for (AgentFile file : wanted) {
            String content = db.of(context.organizationId())
                    .read(tx -> Optional.ofNullable(FileSql.content(tx, file.fileId())))
                    .orElse(null);
            if (content == null || content.length() > MOST_IN_FILE || found.chars + content.length() > MOST_IN_ALL) {
                found.skipped++;
                continue;
            }
            found.chars += content.length();
            found.searched++;
            search(file, content, pattern, around, deadline, found);
            Thread.yield();
        }
        return found;
    }

    private static void search(
            AgentFile file, String content, Pattern pattern, int around, long deadline, Findings found) {
        List<String> units = Lines.of(content, file.type(), file.fileName()).units();
        for (int i = 0; i < units.size() && found.matches.size() < MOST; i++) {
            if (pattern.matcher(new Patience(units.get(i), deadline)).find()) {
                List<String> shown = new ArrayList<>();
                for (int j = Math.max(0, i - around); j <= Math.min(units.size() - 1, i + around); j++) {
                    shown.add((j == i ? "> " : "  ") + (j + 1) + ": " + units.get(j));
                }
                found.matches.add(new Match(file.label(), i + 1, shown));
                found.counts.merge(file.label(), 1, Integer::sum);
                found.associations.add(file.id());
            }
        }
    }

    private String nothing(ToolContext context, Grep call) {
        int all = filesOf(context).size();
        return all == 0
                ? "No files are currently attached to search"
                : "No files match the filename pattern '" + call.include + "' (filtered " + all + " files)";
    }

    private static String told(Grep call, Findings found) {
        if (found.matches.isEmpty()) {
            String out = "No matches found for pattern: '" + call.pattern + "'";
            out += call.include == null ? "" : " in files matching '" + call.include + "'";
            return found.skipped == 0
                    ? out
                    : out + " (searched " + found.searched + " files, skipped " + found.skipped + ")";
        }
        int total = found.matches.size();
        int offset = call.offset == null ? 0 : Math.max(0, call.offset);
        int end = Math.min(total, offset + PAGE);
        StringBuilder out = new StringBuilder("Found " + total + " total matches across " + found.counts.size()
                + " files (showing matches " + (offset + 1) + "-" + end + " of " + total + ")\n");
        out.append("=".repeat(80)).append("\n\nFiles with matches:\n");
        found.counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .forEach(one -> out.append("  - ")
                        .append(one.getKey())
                        .append(": ")
                        .append(one.getValue())
                        .append(" matches\n"));
        out.append('\n');
        for (int i = offset; i < end; i++) {
            Match match = found.matches.get(i);
            out.append("\n=== ")
                    .append(match.label())
                    .append(':')
                    .append(match.number())
                    .append(" ===\n");
            match.shown().forEach(line -> out.append(line).append('\n'));
        }
        out.append('\n');
        out.append(
                end < total
                        ? "To see more matches, call: grep_files(pattern=\"" + call.pattern + "\", offset=" + end + ")"
                        : "No more matches to show.");
        return out.toString();
    }

    /** A text that ends a search when its time is over: the engine reads every character through it. */
    private record Patience(String text, long deadline) implements CharSequence {
        /** The time is over. */
        private static final class Over extends RuntimeException {
            private static final long serialVersionUID = 1;

            Over() {
                super("time is over", null, false, false);
            }
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if ((index & 63) == 0 && System.nanoTime() > deadline) {
                throw new Over();
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
