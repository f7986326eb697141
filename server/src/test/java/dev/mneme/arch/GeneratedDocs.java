package dev.mneme.arch;

import dev.mneme.base.ProblemCode;
import dev.mneme.config.Setting;
import dev.mneme.config.Topic;
import dev.mneme.http.ApiPage;
import dev.mneme.llm.LlmOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The pages of {@code docs/gen}, each made from the one home of its facts. */
final class GeneratedDocs {
    static final Path FOLDER = Path.of("..", "docs", "gen");
    private static final Path MIGRATIONS = Path.of("src", "main", "resources", "db");
    private static final Path ROOMS = Path.of("src", "main", "java", "dev", "mneme");
    private static final String HEAD = "<!-- Generated. Do not edit: ./verify --regen -->\n";

    private static final Pattern COMMENT_AND_TABLE = Pattern.compile(
            "((?:^--[^\n]*\n)*)^create table (\\w+) \\(\n(.*?)^\\);", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern PURPOSE = Pattern.compile("/\\*\\*\\s*\\n \\* (.*?)\\n \\*\\s*\\n", Pattern.DOTALL);

    private GeneratedDocs() {}

    /** File name to the maker of its text. */
    static Map<String, Supplier<String>> pages() {
        Map<String, Supplier<String>> pages = new LinkedHashMap<>();
        pages.put("map.md", GeneratedDocs::map);
        pages.put("settings.md", GeneratedDocs::settings);
        pages.put("problems.md", GeneratedDocs::problems);
        pages.put("schema.md", GeneratedDocs::schema);
        pages.put("api.md", GeneratedDocs::api);
        return pages;
    }

    private static String map() {
        StringBuilder out = new StringBuilder(
                HEAD + "# The rooms and their walls\n\n| Room | Holds | May import |\n|---|---|---|\n");
        for (Map.Entry<String, Set<String>> wall : RoomsTest.WALLS.entrySet()) {
            List<String> order = new ArrayList<>(RoomsTest.WALLS.keySet());
            order.retainAll(wall.getValue());
            out.append("| `")
                    .append(wall.getKey())
                    .append("` | ")
                    .append(purpose(wall.getKey()))
                    .append(" | ")
                    .append(order.isEmpty() ? "the JDK" : String.join(", ", order))
                    .append(" |\n");
        }
        return out.toString();
    }

    private static String purpose(String room) {
        Matcher found = PURPOSE.matcher(text(ROOMS.resolve(room).resolve("package-info.java")));
        return found.find() ? found.group(1).replaceAll("\\s*\\n \\* ?", " ") : "";
    }

    private static String settings() {
        StringBuilder out = new StringBuilder(
                HEAD + "# Settings\n\nA flag wins over the environment, which wins over the default. Names count "
                        + "whatever their case; an empty value is no value. A variable that begins with `MNEME_` and does not stand here stops the "
                        + "start; one that begins with `LETTA_` is warned about. Values marked with * are secrets and never printed.\n");
        for (Topic topic : Topic.values()) {
            out.append("\n## ")
                    .append(topic.title())
                    .append("\n\n| Variable | Flag | Default | Meaning |\n|---|---|---|---|\n");
            for (Setting setting : Setting.values()) {
                if (setting.topic() == topic) {
                    out.append("| ")
                            .append(String.join(
                                    ", ",
                                    setting.variables().stream()
                                            .map(v -> "`" + v + "`")
                                            .toList()))
                            .append(setting.kind() == Setting.Kind.SECRET ? " *" : "")
                            .append(" | ")
                            .append(setting.flag() == null ? "" : "`" + setting.flag() + "`")
                            .append(" | ")
                            .append(setting.fallback().isEmpty() ? "" : "`" + setting.fallback() + "`")
                            .append(" | ")
                            .append(setting.meaning())
                            .append(" |\n");
                }
            }
            if (topic == Topic.MODELS) {
                providers()
                        .forEach(variable -> out.append("| `")
                                .append(variable.name())
                                .append(variable.secret() ? "` * | | | " : "` | | | ")
                                .append(variable.meaning())
                                .append(" |\n"));
            }
        }
        return out.toString();
    }

    /** The variables that room llm reads by itself: the providers' own names. */
    private static List<LlmOptions.Variable> providers() {
        Set<String> declared = new HashSet<>();
        for (Setting setting : Setting.values()) {
            declared.addAll(setting.variables());
        }
        return LlmOptions.variables().stream()
                .filter(variable -> !declared.contains(variable.name()))
                .toList();
    }

    private static String problems() {
        StringBuilder out =
                new StringBuilder(HEAD + "# Kinds of refusal\n\n| Code | Status | Who can mend it |\n|---|---|---|\n");
        for (ProblemCode code : ProblemCode.values()) {
            out.append("| `")
                    .append(code)
                    .append("` | ")
                    .append(code.status())
                    .append(" | ")
                    .append(
                            switch (code.blame()) {
                                case CALLER -> "the caller";
                                case SERVER -> "whoever runs the server";
                                case PROVIDER -> "the model's provider, or its key";
                            })
                    .append(" |\n");
        }
        return out.toString();
    }

    private static String api() {
        return HEAD
                + "# The REST API\n\nEvery path answers with and without a trailing slash. What the fields mean stands in `/openapi.json` and at "
                + "`/docs` of a running server, made from the same table.\n" + ApiPage.text();
    }

    private static String schema() {
        Map<String, String> tables = new TreeMap<>();
        for (Path file : migrations()) {
            Matcher table = COMMENT_AND_TABLE.matcher(text(file));
            while (table.find()) {
                StringBuilder out =
                        new StringBuilder("\n## ").append(table.group(2)).append("\n\n");
                String comment = table.group(1).replaceAll("(?m)^-- ?", "").strip();
                if (!comment.isEmpty()) {
                    out.append(comment).append("\n\n");
                }
                out.append("| Column | Type |\n|---|---|\n");
                columns(table.group(3))
                        .forEach((name, type) -> out.append("| `")
                                .append(name)
                                .append("` | ")
                                .append(type)
                                .append(" |\n"));
                tables.put(table.group(2), out.toString());
            }
        }
        return HEAD
                + "# Tables\n\nTimes are microseconds since 1970 UTC; JSON rests as text. `blob` is `bytea` on PostgreSQL.\n"
                + String.join("", tables.values());
    }

    /** The lines of a table's body that declare a column; constraints of the whole table are left to the migration. */
    private static Map<String, String> columns(String body) {
        Map<String, String> columns = new LinkedHashMap<>();
        for (String line : body.split("\n", -1)) {
            String text = line.replaceAll("--.*", "").strip().replaceAll(",$", "");
            String[] words = text.split("\\s+", 2);
            if (words.length == 2 && !words[0].matches("primary|unique|foreign|check|constraint")) {
                columns.put(words[0], words[1].replace("${blob}", "blob").replace("|", "\\|"));
            }
        }
        return columns;
    }

    private static List<Path> migrations() {
        try (Stream<Path> files = Files.list(MIGRATIONS)) {
            return files.filter(file -> file.toString().endsWith(".sql"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
