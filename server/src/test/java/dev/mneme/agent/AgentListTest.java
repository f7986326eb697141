package dev.mneme.agent;

import static dev.mneme.agent.AgentRooms.ORG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.base.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists of agents and tags (contract 01 §6, 07 §7.7); agents are A, B, C, D, E by age. */
class AgentListTest {
    @TempDir
    Path folder;

    AgentRooms rooms;
    final List<String> ids = new ArrayList<>();

    @BeforeEach
    void open() {
        rooms = new AgentRooms(folder, "openai/gpt-4o");
        for (String name : List.of("A", "B", "C", "D", "E")) {
            String tags = name.equals("B") ? "'one','two'" : name.equals("C") ? "'two'" : "";
            ids.add(rooms.create("{'name':'" + name + "','include_base_tools':false,'tags':[" + tags
                            + "],'project_id':'p-" + (name.compareTo("C") < 0 ? "1" : "2")
                            + "','memory_blocks':[{'label':'x','tags':['of-block']}]}")
                    .state()
                    .id());
        }
    }

    @AfterEach
    void close() {
        rooms.close();
    }

    String list(AgentFilter filter) {
        return rooms.agents.list(ORG, filter, EnumSet.noneOf(Relation.class)).stream()
                .map(agent -> agent.state().name())
                .collect(Collectors.joining());
    }

    @Nullable
    String id(@Nullable String name) {
        return name == null ? null : name.length() > 1 ? name : ids.get(name.charAt(0) - 'A');
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                      |   | 50 | false | EDCBA
                      |   | 0  | false | EDCBA
                      |   | 2  | false | ED
                      |   | 50 | true  | ABCDE
                      | D | 1  | false | C
                      | B | 2  | true  | CD
                    B |   | 50 | false | EDC
                    B |   | 1  | false | C
                    D |   | 2  | true  | BC
                    A | E | 50 | false | DCB
                    E | A | 50 | false | ''
                    nobody |  | 2 | false | ED
                      | nobody | 2 | false | ED
                    """)
    void pages(@Nullable String before, @Nullable String after, int limit, boolean ascending, String names) {
        assertThat(list(AgentFilter.page(id(before), id(after), limit, ascending)))
                .isEqualTo(names);
    }

    AgentFilter filter(
            @Nullable String query, List<String> tags, boolean all, @Nullable String project, AgentFilter.Order order) {
        return new AgentFilter(
                null, query, tags, all, project, null, null, null, List.of(), null, null, false, null, null, 50, false,
                order);
    }

    @Test
    void filters() {
        assertThat(list(AgentFilter.NEWEST.named("D"))).isEqualTo("D");
        assertThat(list(filter("e", List.of(), false, null, AgentFilter.Order.CREATED_AT)))
                .isEqualTo("E");
        assertThat(list(filter(null, List.of("one", "two"), false, null, AgentFilter.Order.CREATED_AT)))
                .isEqualTo("CB");
        assertThat(list(filter(null, List.of("one", "two"), true, null, AgentFilter.Order.CREATED_AT)))
                .isEqualTo("B");
        assertThat(list(filter(null, List.of(), false, "p-1", AgentFilter.Order.CREATED_AT)))
                .isEqualTo("BA");
        assertThat(rooms.agents.count(ORG, filter(null, List.of(), false, "p-2", AgentFilter.Order.CREATED_AT)))
                .isEqualTo(3);
    }

    @Test
    void orders() {
        rooms.agents.patch(ORG, null, ids.get(1), AgentPatch.read(AgentRooms.json("{'description':'new'}")));
        assertThat(list(filter(null, List.of(), false, null, AgentFilter.Order.UPDATED_AT)))
                .isEqualTo("BEDCA");
        assertThat(list(filter(null, List.of(), false, null, AgentFilter.Order.LAST_RUN_COMPLETION)))
                .isEqualTo(byId());
    }

    /** Names by falling id: the order among agents that never ran. */
    String byId() {
        return ids.stream()
                .sorted(java.util.Comparator.reverseOrder())
                .map(id -> String.valueOf((char) ('A' + ids.indexOf(id))))
                .collect(Collectors.joining());
    }

    @Test
    void hiddenOnesAreLeftOutUnlessAsked() {
        rooms.agents.patch(ORG, null, ids.get(0), AgentPatch.read(AgentRooms.json("{'hidden':true}")));
        assertThat(list(AgentFilter.NEWEST)).isEqualTo("EDCB");
        assertThat(rooms.agents.count(ORG, AgentFilter.NEWEST)).isEqualTo(4);
    }

    @Test
    void relationsAreLoadedAsAsked() {
        Loaded bare = rooms.agents.load(ORG, ids.get(1), Set.of());
        assertThat(bare.blocks()).isEmpty();
        assertThat(bare.tags()).isEmpty();
        assertThat(bare.messageIds()).hasSize(1);
        Loaded blocks = rooms.agents.load(ORG, ids.get(1), Relation.asked(Set.of(Relation.BLOCKS), null, true));
        assertThat(blocks.blocks()).hasSize(1);
        assertThat(blocks.tags()).containsExactly("one", "two");
        assertThat(blocks.tools()).isEmpty();
        assertThat(Relation.asked(null, null, true)).isEmpty();
        assertThat(Relation.asked(null, null, false)).isEqualTo(Relation.ALL_BUT_APPROVAL);
        assertThat(Relation.asked(null, List.of("memory"), false))
                .containsExactlyInAnyOrder(Relation.BLOCKS, Relation.TAGS);
        assertThat(Relation.asked(Set.of(Relation.TOOLS), List.of("memory"), false))
                .containsExactly(Relation.TOOLS);
        assertThat(rooms.agents.loadAll(ORG, List.of(ids.get(2), "agent-x", ids.get(0)), Set.of()))
                .extracting(agent -> agent.state().name())
                .containsExactly("C", "A");
    }

    @Test
    void tagsOfAgentsAndBlocks() {
        assertThat(rooms.agents.tags(ORG, null, null, null, 50, true)).containsExactly("of-block", "one", "two");
        assertThat(rooms.agents.tags(ORG, null, null, null, 50, false)).containsExactly("two", "one", "of-block");
        assertThat(rooms.agents.tags(ORG, "O", null, "of-block", 1, true)).containsExactly("one");
        assertThat(rooms.agents.tags(ORG, null, "two", null, 1, true)).containsExactly("one");
    }

    @Test
    void aNegativeLimitIsRefused() {
        assertThatThrownBy(() -> list(AgentFilter.page(null, null, -1, true))).isInstanceOf(Problem.class);
    }
}
