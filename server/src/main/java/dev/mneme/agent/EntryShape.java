package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the fields of an agent file's entries are made of (contract 10 §2, §3), and what is wrong with an entry. Pure. */
final class EntryShape {
    private EntryShape() {}

    /** What a field may hold; nothing may always stand there unless it is needed. */
    enum Type {
        TEXT("string"),
        WHOLE("integer"),
        LONG("integer"),
        TRUTH("boolean"),
        OBJECT("dictionary"),
        LIST("list"),
        TEXTS("list of strings"),
        PAIRS("dictionary of strings"),
        TIME("datetime");

        private final String word;

        Type(String word) {
            this.word = word;
        }

        boolean fits(JsonNode value) {
            return switch (this) {
                case TEXT -> value.isTextual();
                case WHOLE -> value.isIntegralNumber() && value.canConvertToInt();
                case LONG -> value.isIntegralNumber() && value.canConvertToLong();
                case TRUTH -> value.isBoolean();
                case OBJECT -> value.isObject();
                case LIST -> value.isArray();
                case TEXTS -> value.isArray() && value.valueStream().allMatch(JsonNode::isTextual);
                case PAIRS -> value.isObject() && value.valueStream().allMatch(one -> one.isTextual() || one.isNull());
                case TIME -> MessageReading.time(value) != null;
            };
        }
    }

    /** A field. needed: it must be there. */
    record Field(String name, Type type, boolean needed) {}

    private static final Map<String, List<Field>> KINDS = Map.ofEntries(
            kind(
                    "agents",
                    fields(
                            "id!",
                            Type.TEXT,
                            "name description system agent_type timezone",
                            Type.OBJECT,
                            "metadata llm_config embedding_config compaction_settings response_format",
                            Type.TEXTS,
                            "tags tool_ids source_ids folder_ids block_ids group_ids in_context_message_ids"
                                    + " archive_ids identity_ids",
                            Type.LIST,
                            "tool_rules messages files_agents conversations",
                            Type.PAIRS,
                            "tool_exec_environment_variables secrets",
                            Type.TRUTH,
                            "message_buffer_autoclear hidden",
                            Type.WHOLE,
                            "max_files_open per_file_view_window_char_limit")),
            kind(
                    "groups",
                    fields(
                            "id!",
                            Type.TEXT,
                            "description",
                            Type.TEXTS,
                            "agent_ids shared_block_ids",
                            Type.OBJECT,
                            "manager_config",
                            Type.TRUTH,
                            "hidden")),
            kind(
                    "manager_config",
                    fields(
                            "",
                            Type.TEXT,
                            "manager_type manager_agent_id termination_token",
                            Type.WHOLE,
                            "max_turns sleeptime_agent_frequency max_message_buffer_length min_message_buffer_length")),
            kind(
                    "blocks",
                    fields(
                            "id! label!",
                            Type.TEXT,
                            "value description template_name",
                            Type.WHOLE,
                            "limit",
                            Type.TRUTH,
                            "read_only is_template preserve_on_migration hidden",
                            Type.OBJECT,
                            "metadata",
                            Type.TEXTS,
                            "tags")),
            kind(
                    "tools",
                    fields(
                            "id! name!",
                            Type.TEXT,
                            "description tool_type source_type source_code",
                            Type.OBJECT,
                            "json_schema args_json_schema metadata_",
                            Type.TEXTS,
                            "tags",
                            Type.WHOLE,
                            "return_char_limit",
                            Type.LIST,
                            "pip_requirements npm_requirements",
                            Type.TRUTH,
                            "default_requires_approval enable_parallel_execution")),
            kind(
                    "files",
                    fields(
                            "id! source_id!",
                            Type.TEXT,
                            "file_name original_file_name file_type processing_status" + " error_message content",
                            Type.LONG,
                            "file_size")),
            kind(
                    "sources",
                    fields(
                            "id! name!",
                            Type.TEXT,
                            "description instructions",
                            Type.OBJECT,
                            "metadata embedding_config")),
            kind(
                    "mcp_servers",
                    fields(
                            "id!",
                            Type.TEXT,
                            "server_type server_name server_url",
                            Type.OBJECT,
                            "stdio_config metadata_")),
            kind(
                    "archives",
                    fields(
                            "id! name!",
                            Type.TEXT,
                            "description",
                            Type.OBJECT,
                            "metadata embedding_config",
                            Type.TIME,
                            "created_at",
                            Type.LIST,
                            "passages")),
            kind(
                    "passages",
                    fields(
                            "text!",
                            Type.TEXT,
                            "embedding_model embedding",
                            Type.TEXTS,
                            "tags",
                            Type.OBJECT,
                            "metadata",
                            Type.TIME,
                            "created_at")),
            kind(
                    "identities",
                    fields(
                            "id! identifier_key! name! identity_type!",
                            Type.TEXT,
                            "project_id",
                            Type.LIST,
                            "properties")),
            kind(
                    "files_agents",
                    fields(
                            "agent_id! file_id! source_id!",
                            Type.TEXT,
                            "id file_name visible_content",
                            Type.TRUTH,
                            "is_open",
                            Type.TIME,
                            "last_accessed_at",
                            Type.WHOLE,
                            "start_line end_line")),
            kind(
                    "conversations",
                    fields(
                            "id!",
                            Type.TEXT,
                            "summary model",
                            Type.OBJECT,
                            "model_settings",
                            Type.TIME,
                            "created_at last_message_at",
                            Type.TEXTS,
                            "in_context_message_ids shared_message_ids",
                            Type.LIST,
                            "isolated_blocks")),
            kind("isolated_blocks", fields("", Type.TEXT, "shared_block_id block_id")));

    private static Map.Entry<String, List<Field>> kind(String name, List<Field> fields) {
        return Map.entry(name, fields);
    }

    /** needed: names of texts, each with an exclamation mark; then types, each with the names of its fields. */
    private static List<Field> fields(String needed, Object... typed) {
        List<Field> out = new ArrayList<>();
        for (String name : needed.split(" ")) {
            if (!name.isEmpty()) {
                out.add(new Field(name.substring(0, name.length() - 1), Type.TEXT, true));
            }
        }
        for (int i = 0; i < typed.length; i += 2) {
            for (String name : ((String) typed[i + 1]).split(" ")) {
                out.add(new Field(name, (Type) typed[i], false));
            }
        }
        return List.copyOf(out);
    }

    /** Adds what is wrong with an entry, in the validator's words. place: where it stands. */
    static void faults(String kind, String place, JsonNode entry, List<String> wrong) {
        if (!entry.isObject()) {
            wrong.add(place + "\n  Input should be a valid dictionary");
            return;
        }
        for (Field field : KINDS.getOrDefault(kind, List.of())) {
            JsonNode value = entry.path(field.name());
            if (value.isMissingNode()) {
                if (field.needed()) {
                    wrong.add(place + "." + field.name() + "\n  Field required");
                }
            } else if (value.isNull() ? field.needed() : !field.type().fits(value)) {
                wrong.add(place + "." + field.name() + "\n  Input should be a valid " + field.type().word);
            } else if (KINDS.containsKey(field.name())) {
                within(field.name(), place + "." + field.name(), value, wrong);
            }
        }
    }

    private static void within(String kind, String place, JsonNode value, List<String> wrong) {
        if (value.isObject()) {
            faults(kind, place, value, wrong);
        } else {
            for (int i = 0; i < value.size(); i++) {
                faults(kind, place + "." + i, value.get(i), wrong);
            }
        }
    }
}
