package dev.mneme.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.mneme.base.Json;
import dev.mneme.message.ToolSpec;
import dev.mneme.store.Db;
import dev.mneme.testkit.TestDb;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table of tools, the base tools' rows, the toolbox. */
class ToolsTest {
    static final String ORG = Db.DEFAULT_ORGANIZATION;

    @TempDir
    Path folder;

    Db db;
    Tools tools;

    @BeforeEach
    void open() {
        db = TestDb.open(folder);
        tools = new Tools(db);
        tools.upsertBase(ORG, Db.DEFAULT_USER, BaseTools.catalogue(List.of(echo("send_message", "Say it."))));
    }

    @AfterEach
    void close() {
        db.close();
    }

    static Tool echo(String name, String description) {
        ToolSpec spec = new ToolSpec(name, description, Json.object().put("type", "object"));
        return new Tool() {
            @Override
            public ToolSpec spec() {
                return spec;
            }

            @Override
            public ToolEffect call(com.fasterxml.jackson.databind.node.ObjectNode arguments, ToolContext context) {
                return tx -> new ToolOutcome.Ok(TextNode.valueOf(arguments.toString()));
            }
        };
    }

    @Test
    void cursorsThatNameNothingCountAsNone() {
        List<String> all = ids(ToolFilter.ALL);
        assertThat(ids(ToolFilter.page("tool-0", null, 3, true))).isEqualTo(all.subList(0, 3));
        assertThat(ids(ToolFilter.page(null, "tool-0", 3, false)))
                .isEqualTo(all.reversed().subList(0, 3));
        assertThat(ids(ToolFilter.page(all.get(7), "tool-0", 3, true))).isEqualTo(all.subList(4, 7));
        assertThat(ids(ToolFilter.page(all.get(7), all.get(1), 3, true))).isEqualTo(all.subList(2, 5));
        assertThat(ids(ToolFilter.page(null, null, 0, true))).isEmpty();
    }

    private List<String> ids(ToolFilter filter) {
        return tools.list(ORG, filter).stream().map(ToolRow::id).toList();
    }

    @Test
    void rowsOfToolsThatAreBuiltLaterHaveTheContractsArguments() {
        List<ToolRow> found = tools.list(ORG, ToolFilter.ALL);
        assertThat(found).hasSize(8);
        ToolRow search = byName("web_search");
        assertThat(search.toolType()).isEqualTo("letta_builtin");
        assertThat(search.tags()).containsExactly("letta_builtin");
        assertThat(search.returnCharLimit()).isEqualTo(50_000);
        assertThat(search.enableParallelExecution()).isTrue();
        assertThat(search.sourceCode()).isNull();
        assertThat(search.sourceType()).isEqualTo("python");
        assertThat(search.createdById()).isEqualTo(Db.DEFAULT_USER);
        var parameters = search.jsonSchema().get("parameters");
        assertThat(parameters.get("required").toString()).isEqualTo("[\"query\"]");
        List<String> names = new ArrayList<>();
        parameters.get("properties").fieldNames().forEachRemaining(names::add);
        assertThat(names)
                .containsExactlyInAnyOrder(
                        "category",
                        "end_published_date",
                        "exclude_domains",
                        "include_domains",
                        "include_text",
                        "num_results",
                        "query",
                        "start_published_date",
                        "user_location");
    }

    ToolRow byName(String name) {
        return db.of(ORG).read(tx -> tools.byNames(tx, List.of(name))).getFirst();
    }

    @Test
    void upsertKeepsIdsAndTakesNewWords() {
        ToolRow before = byName("send_message");
        ToolRow other = byName("run_code");
        tools.upsertBase(ORG, Db.DEFAULT_USER, BaseTools.catalogue(List.of(echo("send_message", "Speak."))));
        ToolRow after = byName("send_message");
        assertThat(after.id()).isEqualTo(before.id());
        assertThat(after.description()).isEqualTo("Speak.");
        assertThat(byName("run_code").updatedAt()).isEqualTo(other.updatedAt());
    }

    @Test
    void pagesFollowEachOther() {
        List<ToolRow> all = tools.list(ORG, ToolFilter.ALL);
        ToolRow mark = all.get(4);
        assertThat(tools.list(ORG, ToolFilter.page(null, mark.id(), 2, true))).isEqualTo(all.subList(5, 7));
        assertThat(tools.list(ORG, ToolFilter.page(mark.id(), null, 2, true))).isEqualTo(all.subList(2, 4));
        assertThat(tools.list(ORG, ToolFilter.page(null, mark.id(), 50, false)))
                .isEqualTo(all.subList(0, 4).reversed());
        assertThat(tools.list(ORG, ToolFilter.page(null, "tool-unknown", 50, false)))
                .hasSize(8);
    }

    @Test
    void filtersByNameKindAndPart() {
        assertThat(list(new ToolFilter(
                        "run_code",
                        List.of(),
                        List.of(),
                        null,
                        List.of(),
                        List.of(),
                        false,
                        false,
                        null,
                        null,
                        50,
                        true)))
                .containsExactly("run_code");
        assertThat(list(new ToolFilter(
                        null, List.of(), List.of(), "CODE", List.of(), List.of(), false, false, null, null, 50, true)))
                .containsExactly("run_code", "run_code_with_tools");
        assertThat(list(new ToolFilter(
                        null,
                        List.of(),
                        List.of(),
                        null,
                        List.of("letta_multi_agent_core"),
                        List.of(),
                        false,
                        false,
                        null,
                        null,
                        50,
                        true)))
                .containsExactly(
                        "send_message_to_agent_and_wait_for_reply",
                        "send_message_to_agents_matching_tags",
                        "send_message_to_agent_async");
        assertThat(tools.count(
                        ORG,
                        new ToolFilter(
                                null, List.of(), List.of(), null, List.of(), List.of(), false, true, null, null, 50,
                                true)))
                .isZero();
    }

    List<String> list(ToolFilter filter) {
        return tools.list(ORG, filter).stream().map(ToolRow::name).toList();
    }

    @Test
    void unknownToolIsNotFoundAndAnotherOrganisationSeesNone() {
        assertThatThrownBy(() -> tools.get(ORG, "tool-x")).hasMessage("Tool with id tool-x not found.");
        assertThat(tools.list("org-00000000-0000-4000-8000-000000000001", ToolFilter.ALL))
                .isEmpty();
    }

    @Test
    void toolboxAnswersAlways() {
        Toolbox box = new Toolbox(List.of(echo("send_message", "Say it.")), List.of());
        assertThat(run(box, "send_message")).isInstanceOf(ToolOutcome.Ok.class);
        assertThat(run(box, "run_code"))
                .isEqualTo(new ToolOutcome.Failed(
                        "The tool run_code cannot run on this server: it arrives with a later version.", null));
        assertThat(run(box, row("roll_dice", ToolType.CUSTOM))).isInstanceOf(ToolOutcome.Failed.class);
        assertThatThrownBy(() -> new Toolbox(List.of(echo("a", ""), echo("a", "")), List.of()))
                .hasMessageContaining("two tools are called a");
    }

    @Test
    void toolsOfAKindAreRunByWhomeverKnowsThem() {
        RowTools theirs = new RowTools() {
            @Override
            public java.util.Set<ToolType> types() {
                return java.util.Set.of(ToolType.CUSTOM);
            }

            @Override
            public ToolEffect call(
                    ToolRow row, com.fasterxml.jackson.databind.node.ObjectNode arguments, ToolContext context) {
                return tx -> new ToolOutcome.Ok(TextNode.valueOf("ran " + row.name()), List.of("out\n"), List.of());
            }
        };
        Toolbox box = new Toolbox(List.of(), List.of(theirs));
        assertThat(run(box, row("roll_dice", ToolType.CUSTOM)))
                .isEqualTo(new ToolOutcome.Ok(TextNode.valueOf("ran roll_dice"), List.of("out\n"), List.of()));
        assertThat(run(box, row("echo", ToolType.EXTERNAL_MCP))).isInstanceOf(ToolOutcome.Failed.class);
        assertThatThrownBy(() -> new Toolbox(List.of(), List.of(theirs, theirs)))
                .hasMessageContaining("custom");
    }

    static ToolRow row(String name, ToolType type) {
        return new ToolRow(
                "tool-x",
                type.word(),
                null,
                "python",
                name,
                List.of(),
                "",
                null,
                null,
                1,
                null,
                null,
                null,
                false,
                null,
                null,
                Json.object(),
                null,
                0,
                0);
    }

    ToolOutcome run(Toolbox box, String name) {
        return run(box, byName(name));
    }

    ToolOutcome run(Toolbox box, ToolRow row) {
        ToolContext context = new ToolContext(ORG, "user-x", "run-x", "agent-x", "agent-x", null, "UTC", 0);
        return db.of(ORG).write(tx -> box.call(row, Json.object(), context).apply(tx));
    }
}
