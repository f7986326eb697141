package dev.mneme.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.account.Secrets;
import dev.mneme.base.Json;
import dev.mneme.memory.Blocks;
import dev.mneme.memory.MemoryTools;
import dev.mneme.memory.Recall;
import dev.mneme.memory.SystemPrompts;
import dev.mneme.message.ToolSpec;
import dev.mneme.store.Db;
import dev.mneme.testkit.ScanIndex;
import dev.mneme.testkit.StaticModels;
import dev.mneme.testkit.TestDb;
import dev.mneme.tool.BaseTools;
import dev.mneme.tool.Tool;
import dev.mneme.tool.ToolContext;
import dev.mneme.tool.ToolEffect;
import dev.mneme.tool.ToolOutcome;
import dev.mneme.tool.Tools;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rooms that agents need, on a fresh database. */
final class AgentRooms implements AutoCloseable {
    static final String ORG = Db.DEFAULT_ORGANIZATION;
    static final String USER = Db.DEFAULT_USER;

    final Db db;
    final ScanIndex index;
    final Blocks blocks;
    final Recall recall;
    final Tools tools;
    final Agents agents;

    AgentRooms(Path folder, @Nullable String defaultModel) {
        db = TestDb.sqlite(folder);
        index = new ScanIndex(db);
        blocks = new Blocks(db);
        recall = new Recall(db, index);
        tools = new Tools(db);
        tools.upsertBase(ORG, USER, BaseTools.catalogue(executable()));
        agents = new Agents(
                db,
                new StaticModels(defaultModel),
                new Secrets("test phrase", new SecureRandom()),
                tools,
                blocks,
                recall,
                new SystemPrompts());
    }

    /** The memory tools; stand-ins where one is not there yet. */
    private List<Tool> executable() {
        List<Tool> all = new ArrayList<>(new MemoryTools(blocks).all());
        Set<String> names = new HashSet<>();
        all.forEach(tool -> names.add(tool.spec().name()));
        for (String name : List.of("conversation_search", "archival_memory_insert", "archival_memory_search")) {
            if (names.add(name)) {
                all.add(new StandIn(
                        new ToolSpec(name, "A stand-in.", Json.object().put("type", "object"))));
            }
        }
        return all;
    }

    /** A tool of which only the description matters. */
    private record StandIn(ToolSpec spec) implements Tool {
        @Override
        public ToolEffect call(ObjectNode arguments, ToolContext context) {
            return tx -> new ToolOutcome.Failed("only a stand-in", null);
        }
    }

    /** Makes an agent from a body, with single quotes for double ones. */
    Loaded create(String body) {
        return agents.create(ORG, USER, NewAgent.read(json(body)));
    }

    Loaded patch(Loaded agent, String body) {
        return agents.patch(ORG, USER, agent.state().id(), AgentPatch.read(json(body)));
    }

    static ObjectNode json(String body) {
        try {
            return (ObjectNode) Json.parse(body.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(body, e);
        }
    }

    @Override
    public void close() {
        db.close();
    }
}
