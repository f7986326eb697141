package dev.mneme.file;

import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import java.net.URLConnection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which files are taken, and what type each is said to be (contract 06 §6.3). Pure. */
final class FileTypes {
    static final String PDF = "application/pdf";
    static final String DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    static final String PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
    static final String XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    static final String HTML = "text/html";

    private static final String UNKNOWN = "unknown";

    /** Endings by type: text and data first, then code. */
    private static final String TEXTS = """
            application/pdf pdf
            text/plain txt
            text/markdown md markdown
            application/json json
            application/jsonl jsonl
            text/csv csv
            application/xml xml
            text/x-yaml yaml yml
            application/toml toml
            text/x-ini ini
            text/x-conf cfg conf
            text/css css
            text/x-scss scss
            text/x-sass sass
            text/x-less less
            """;

    private static final String CODES = """
            text/x-python py
            text/javascript js
            text/x-typescript ts
            text/x-java-source java
            text/x-c++ cpp cxx
            text/x-c c h
            text/x-csharp cs
            text/x-php php
            text/x-ruby rb
            text/x-go go
            text/x-rust rs
            text/x-swift swift
            text/x-kotlin kt
            text/x-scala scala
            text/x-r r
            text/x-objective-c m
            text/html html htm
            text/x-vue vue
            text/x-jsx jsx
            text/x-tsx tsx
            text/x-shellscript sh bash
            text/x-powershell ps1
            text/x-batch bat cmd
            text/x-dockerfile dockerfile
            text/x-sql sql
            """;

    /** The names under which the contract records some types. */
    private static final Map<String, String> RECORDED = Map.of(
            "text/markdown", "text/x-markdown",
            "application/jsonl", "application/x-jsonlines",
            "application/xml", "text/xml");

    /** Types of files that are refused, for the refusal's text; the JDK knows more. */
    private static final Map<String, String> STRANGERS = Map.of(
            "exe", "application/x-msdos-program",
            "rtf", "application/rtf",
            "doc", "application/msword",
            "xls", "application/vnd.ms-excel",
            "ppt", "application/vnd.ms-powerpoint",
            "epub", "application/epub+zip",
            "mp3", "audio/mpeg",
            "mp4", "video/mp4",
            "webp", "image/webp",
            "7z", "application/x-7z-compressed");

    private static final Map<String, String> BY_ENDING = new HashMap<>();
    private static final Set<String> CODE = new HashSet<>();

    static {
        read(TEXTS);
        read(CODES).forEach(CODE::add);
        BY_ENDING.put("docx", DOCX);
        BY_ENDING.put("pptx", PPTX);
        BY_ENDING.put("xlsx", XLSX);
    }

    private FileTypes() {}

    private static Set<String> read(String table) {
        Set<String> types = new HashSet<>();
        for (String line : table.strip().split("\n")) {
            String[] words = line.strip().split(" ");
            types.add(words[0]);
            for (int i = 1; i < words.length; i++) {
                BY_ENDING.put(words[i], words[0]);
            }
        }
        return types;
    }

    /** Refuses with 415 what cannot be read as text. contentType: as the upload's part says, null: it says nothing. */
    static void admit(String name, @Nullable String contentType) {
        String declared = declared(contentType);
        if (known(declared) || BY_ENDING.containsKey(ending(name))) {
            return;
        }
        String guess = guess(name);
        String shown = guess != null ? guess : declared;
        boolean nothing = shown.isEmpty() || shown.equals("application/octet-stream");
        throw new Problem(
                ProblemCode.UNSUPPORTED_MEDIA,
                "Unsupported file type: " + (nothing ? UNKNOWN : shown) + " (filename: " + name
                        + "). Supported types: PDF, Word, PowerPoint and Excel files (.docx, .pptx, .xlsx), text files"
                        + " (.txt, .md), JSON, and code files (.py, .js, .java, etc.).");
    }

    /** What the record of the file says. */
    static String recorded(String name, @Nullable String contentType) {
        String byName = BY_ENDING.get(ending(name));
        if (byName == null) {
            byName = guess(name);
        }
        if (byName != null) {
            return RECORDED.getOrDefault(byName, byName);
        }
        String declared = declared(contentType);
        return declared.isEmpty() ? UNKNOWN : declared;
    }

    private static boolean known(String type) {
        return BY_ENDING.containsValue(type) || RECORDED.containsValue(type);
    }

    private static String declared(@Nullable String contentType) {
        return contentType == null ? "" : contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    private static @Nullable String guess(String name) {
        String stranger = STRANGERS.get(ending(name));
        return stranger != null ? stranger : URLConnection.guessContentTypeFromName(name.replace('#', '_'));
    }

    /** What stands after the last dot, in lower case; empty when there is none. */
    static String ending(String name) {
        int dot = name.lastIndexOf('.');
        return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
    }

    /** Whether the text is a program: its lines keep their indentation. */
    static boolean isCode(String type, String name) {
        String known = BY_ENDING.containsValue(type) ? type : BY_ENDING.getOrDefault(ending(name), "");
        return CODE.contains(known);
    }

    static boolean isHtml(String type, String name) {
        return type.equals(HTML) || Set.of("html", "htm").contains(ending(name));
    }

    static boolean isMarkdown(String type, String name) {
        return type.endsWith("markdown") || Set.of("md", "markdown").contains(ending(name));
    }

    /** Whether the text is counted in sentences: only what is recorded as text/markdown, which an upload never is (contract 06 §6.6). */
    static boolean isDocumentation(String type) {
        return type.equals("text/markdown");
    }
}
