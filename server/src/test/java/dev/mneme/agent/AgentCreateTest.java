package dev.mneme.agent;

import static dev.mneme.agent.AgentRooms.ORG;
import static dev.mneme.agent.AgentRooms.USER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.memory.Block;
import dev.mneme.memory.BlockFilter;
import dev.mneme.memory.NewBlock;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.store.Db;
import dev.mneme.testkit.TestDb;
import dev.mneme.tool.ToolRow;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Making agents (contract 01 §4). */
class AgentCreateTest {
    static final String HUMAN =
            "'memory_blocks':[{'label':'human','value':'Name: Alice'},{'label':'persona','value':'A careful helper.'}]";

    @TempDir
    Path folder;

    AgentRooms rooms;

    @BeforeEach
    void open() {
        rooms = new AgentRooms(folder, "openai/gpt-4o");
    }

    @AfterEach
    void close() {
        rooms.close();
    }

    static List<String> names(Loaded agent) {
        return agent.tools().stream().map(ToolRow::name).toList();
    }

    static List<String> rules(Loaded agent) {
        return StreamSupport.stream(agent.state().toolRules().spliterator(), false)
                .map(rule ->
                        rule.get("type").asText() + " " + rule.get("tool_name").asText())
                .toList();
    }

    @Test
    void theUsualAgent() {
        Loaded made = rooms.create("{'name':'a','embedding':'openai/text-embedding-3-small'," + HUMAN + "}");
        AgentState agent = made.state();
        assertThat(agent.agentType()).isEqualTo("letta_v1_agent");
        assertThat(names(made)).containsExactlyInAnyOrder("conversation_search", "memory_insert", "memory_replace");
        assertThat(rules(made)).isEmpty();
        assertThat(made.blocks().stream().map(Block::label)).containsExactly("human", "persona");
        assertThat(made.blocks().getFirst().description()).isNotBlank();
        assertThat(made.messageIds()).hasSize(1);
        assertThat(agent.llmConfig().contextWindow()).isEqualTo(128_000);
        assertThat(agent.llmConfig().parallelToolCalls()).isFalse();
        assertThat(agent.embedding()).isEqualTo("openai/text-embedding-3-small");
        assertThat(agent.timezone()).isEqualTo("UTC");
        assertThat(agent.maxFilesOpenOrDefault()).isEqualTo(10);
        assertThat(agent.perFileViewWindowCharLimitOrDefault()).isEqualTo(25_000);
        assertThat(agent.metadata()).isNull();
        assertThat(agent.createdById()).isEqualTo(USER);
        assertThat(agent.modelSettings().toString())
                .isEqualTo("{\"provider_type\":\"openai\",\"max_output_tokens\":16384,\"parallel_tool_calls\":true,"
                        + "\"temperature\":1.0,\"reasoning\":{\"reasoning_effort\":\"minimal\"},\"strict\":false,"
                        + "\"response_format\":null}");
        assertThat(agent.compactionSettings().get("model").asText()).isEqualTo("openai/gpt-5-mini");
        assertThat(agent.compactionSettings().get("clip_chars").asInt()).isEqualTo(50_000);
        assertThat(agent.compactionSettings().get("prompt").asText()).contains("under 300 words");

        List<Message> context = context(made);
        assertThat(context.getFirst().role()).isEqualTo(Role.SYSTEM);
        assertThat(context.getFirst().text())
                .startsWith(agent.system())
                .contains("<human>", "Name: Alice", "- AGENT_ID: " + agent.id());
    }

    List<Message> context(Loaded agent) {
        return rooms.db
                .of(ORG)
                .read(tx -> rooms.recall.context(tx, agent.state().id()));
    }

    @Test
    void everyOptionIsKept() {
        Loaded made = rooms.create("{'name':'Übung 7','tags':['y','x','x'],'metadata':{'k':1},'timezone':'Asia/Tokyo',"
                + "'message_buffer_autoclear':true,'include_base_tools':false,'tool_exec_environment_variables':{'K':'V'},"
                + "'max_files_open':3,'per_file_view_window_char_limit':1000,'description':'d','context_window_limit':20000,"
                + "'hidden':true,'project_id':'p','response_format':{'type':'json_object'},'system':'Be brief.'}");
        AgentState agent = made.state();
        assertThat(agent.name()).isEqualTo("Übung 7");
        assertThat(made.tags()).containsExactly("x", "y");
        assertThat(agent.metadata()).hasToString("{\"k\":1}");
        assertThat(agent.timezone()).isEqualTo("Asia/Tokyo");
        assertThat(agent.messageBufferAutoclear()).isTrue();
        assertThat(made.tools()).isEmpty();
        assertThat(rules(made)).isEmpty();
        assertThat(agent.maxFilesOpen()).isEqualTo(3);
        assertThat(agent.llmConfig().contextWindow()).isEqualTo(20_000);
        assertThat(agent.hidden()).isTrue();
        assertThat(agent.projectId()).isEqualTo("p");
        assertThat(agent.system()).isEqualTo("Be brief.");
        assertThat(rooms.agents.load(ORG, agent.id(), Relation.ALL_BUT_APPROVAL).state())
                .isEqualTo(agent);
    }

    @Test
    void secretsAreClearOnceThenMaskedAndSealedOnDisk() throws Exception {
        Loaded made =
                rooms.create("{'secrets':{'TOKEN':'hush-hush-1'},'tool_exec_environment_variables':{'OTHER':'x'}}");
        assertThat(made.secrets()).hasSize(1);
        assertThat(made.secrets().getFirst().key()).isEqualTo("TOKEN");
        assertThat(made.secrets().getFirst().value()).isEqualTo("hush-hush-1");
        String id = made.state().id();
        assertThat(rooms.agents
                        .load(ORG, id, Relation.ALL_BUT_APPROVAL)
                        .secrets()
                        .getFirst()
                        .value())
                .isEqualTo(AgentSecret.MASK);
        assertThat(rooms.agents.environment(ORG, id)).containsExactly(java.util.Map.entry("TOKEN", "hush-hush-1"));
        for (String file : List.of("mneme.db", "mneme.db-wal")) {
            Path path = folder.resolve(file);
            if (Files.exists(path)) {
                assertThat(Files.readString(path, StandardCharsets.ISO_8859_1)).doesNotContain("hush-hush-1");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    memgpt_agent | conversation_search core_memory_append core_memory_replace memory memory_apply_patch send_message | 5 | 1
                    memgpt_v2_agent | conversation_search memory_insert memory_replace send_message | 3 | 1
                    sleeptime_agent | memory_finish_edits memory_insert memory_replace memory_rethink | 3 | 1
                    """)
    void kindsHaveTheirToolsAndRules(String type, String tools, int going, int ending) {
        Loaded made = rooms.create("{'agent_type':'" + type + "'," + HUMAN + "}");
        assertThat(names(made)).containsExactlyInAnyOrder(tools.split(" "));
        assertThat(rules(made).stream().filter(rule -> rule.startsWith("continue_loop ")))
                .hasSize(going);
        assertThat(rules(made).stream().filter(rule -> rule.startsWith("exit_loop ")))
                .hasSize(ending);
        assertThat(made.blocks()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"react_agent", "workflow_agent"})
    void kindsWithoutTools(String type) {
        Loaded made = rooms.create("{'agent_type':'" + type + "'," + HUMAN + "}");
        assertThat(made.tools()).isEmpty();
        assertThat(rules(made)).isEmpty();
        assertThat(made.messageIds()).hasSize(4);
    }

    @Test
    void olderKindsBeginWithAGreeting() {
        List<Message> context = context(rooms.create("{'agent_type':'memgpt_agent','timezone':'Europe/Berlin'}"));
        assertThat(context.stream().map(Message::role))
                .containsExactly(Role.SYSTEM, Role.ASSISTANT, Role.TOOL, Role.USER);
        assertThat(context.get(1).toolCalls().getFirst().name()).isEqualTo("send_message");
        String call = context.get(1).toolCalls().getFirst().id();
        assertThat(UUID.fromString(call)).hasToString(call);
        assertThat(context.get(2).toolReturns().getFirst().toolCallId()).isEqualTo(call);
        assertThat(context.get(3).text())
                .startsWith("{\n  \"type\": \"login\",\n  \"last_login\": \"Never (first login)\",\n  \"time\": \"");
    }

    @Test
    void initialMessagesArePackedButPlainAssistantTextOnV1() {
        List<Message> context = context(
                rooms.create(
                        "{'initial_message_sequence':[{'role':'user','content':'hi'},"
                                + "{'role':'assistant','content':[{'type':'text','text':'hello'}]},{'role':'system','content':'note'}]}"));
        assertThat(context).hasSize(4);
        assertThat(context.get(1).text()).contains("\"type\": \"user_message\"", "\"message\": \"hi\"");
        assertThat(context.get(2).text()).isEqualTo("hello");
        assertThat(context.get(2).toolCalls()).isEmpty();
        assertThat(context.get(3).text()).contains("system_alert");
        assertThat(context(rooms.create("{'agent_type':'memgpt_agent','initial_message_sequence':[]}")))
                .hasSize(1);
    }

    @Test
    void modelSettingsBringTheirDefaults() {
        AgentState agent = rooms.create("{'model_settings':{'provider_type':'openai','temperature':0.3}}")
                .state();
        assertThat(agent.llmConfig().temperature()).isEqualTo(0.3);
        assertThat(agent.llmConfig().reasoningEffort()).isEqualTo("high");
        assertThat(agent.llmConfig().strict()).isTrue();
        assertThat(agent.llmConfig().parallelToolCalls()).isTrue();
        assertThat(agent.llmConfig().maxTokens()).isEqualTo(16_384);
        AgentState claude =
                rooms.create("{'model':'anthropic/claude-sonnet-4-5'}").state();
        assertThat(claude.modelSettings().get("thinking").toString())
                .isEqualTo("{\"type\":\"enabled\",\"budget_tokens\":1024}");
        assertThat(claude.compactionSettings().get("model").asText()).isEqualTo("anthropic/claude-haiku-4-5");
    }

    @Test
    void aConfigWrittenByTheCallerIsTakenAsItIs() {
        AgentState agent = rooms.create(
                        "{'llm_config':{'model':'m','model_endpoint_type':'openai','context_window':8000,"
                                + "'model_endpoint':'http://h/v1'},'embedding_config':{'embedding_model':'e','embedding_dim':4,"
                                + "'embedding_endpoint_type':'openai','embedding_endpoint':'http://h/v1'}}")
                .state();
        assertThat(agent.model()).isEqualTo("m");
        assertThat(agent.llmConfig().temperature()).isEqualTo(1.0);
        assertThat(agent.embeddingConfig().batchSize()).isEqualTo(32);
        assertThat(agent.maxFilesOpenOrDefault()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {'name':'a.b'}                                  | UNPROCESSABLE    | contains invalid characters
                    {'timezone':'Mars/Base'}                        | UNPROCESSABLE    | Unknown timezone 'Mars/Base'
                    {'agent_type':'bogus_agent'}                    | UNPROCESSABLE    | Unknown agent_type
                    {'agent_type':'voice_convo_agent'}              | UNPROCESSABLE    | requires enable_sleeptime to be True
                    {'agent_type':'split_thread_agent'}             | INVALID_ARGUMENT | Invalid agent type: AgentType.split_thread_agent
                    {'model':'foo/bar'}                             | NOT_FOUND        | NOT_FOUND: Handle foo/bar not found, must be one of []
                    {'embedding':'foo/bar'}                         | INVALID_ARGUMENT | INVALID_ARGUMENT: Embedding model foo/bar not found
                    {'tools':['x']}                                 | INVALID_ARGUMENT | Tools not found by name: {'x'}
                    {'tool_ids':['tool-x']}                         | INVALID_ARGUMENT | Tools not found by id:   {'tool-x'}
                    {'block_ids':['block-x']}                       | NOT_FOUND        | block-x
                    {'max_files_open':2000}                         | INVALID_ARGUMENT | INVALID_ARGUMENT: max_files_open cannot exceed 1000. Got: 2000
                    {'max_tokens':100,'max_reasoning_tokens':200}   | INVALID_ARGUMENT | INVALID_ARGUMENT: Max reasoning tokens (200) must be less than max tokens (100)
                    {'folder_ids':['source-1']}                     | NOT_FOUND        | Source with ID source-1 not found
                    {'identity_ids':['identity-1']}                 | NOT_FOUND        | identity-1
                    {'tool_rules':[{'type':'nope','tool_name':'a'}]} | UNPROCESSABLE   | Unknown type 'nope'
                    {'tool_rules':[{'type':'constrain_child_tools','tool_name':'a'}]} | UNPROCESSABLE | lacks children
                    {'tool_rules':[{'type':'constrain_child_tools','tool_name':'a','children':['b'],'child_arg_nodes':[{'name':'c'}]}]} | UNPROCESSABLE | not among the children
                    {'tool_rules':[{'type':'conditional','tool_name':'a','child_output_mapping':{}}]} | UNPROCESSABLE | must name an output
                    {'tool_rules':[{'type':'max_count_per_step','tool_name':'a','max_count_limit':-1}]} | UNPROCESSABLE | 0 or more
                    {'tool_rules':[{'type':'run_first','tool_name':'a'},{'type':'run_first','tool_name':'b'}],'model':'anthropic/claude-sonnet-4-5'} | INVALID_ARGUMENT | Multiple initial tools are not supported
                    {'model_settings':{'provider_type':'nope'}}     | UNPROCESSABLE    | Unknown provider_type
                    {'model_settings':{'provider_type':'openai','temperature':'hot'}} | UNPROCESSABLE | temperature in model_settings must be a number
                    {'model_settings':{'provider_type':'openai','max_output_tokens':0}} | UNPROCESSABLE | max_output_tokens
                    {'model_settings':{'provider_type':'anthropic','thinking':{'budget_tokens':'all'}}} | UNPROCESSABLE | budget_tokens
                    {'response_format':{'type':'nope'}}             | UNPROCESSABLE    | response_format
                    {'response_format':'text'}                      | UNPROCESSABLE    | response_format
                    {'llm_config':{'model':'x','model_endpoint_type':'nowhere'}} | UNPROCESSABLE | llm_config lacks context_window
                    {'compaction_settings':{'mode':'nope'}}         | UNPROCESSABLE    | Unknown mode
                    {'memory_blocks':[{'label':'a','value':'12345','limit':3}]} | INVALID_ARGUMENT | more than its limit of 3
                    """)
    void refusals(String body, ProblemCode code, String words) {
        assertThatThrownBy(() -> rooms.create(body))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(code))
                .hasMessageContaining(words);
        assertThat(rooms.agents.count(ORG, AgentFilter.NEWEST)).isZero();
        assertThat(rooms.blocks.count(ORG, BlockFilter.ORDINARY)).isZero();
    }

    @Test
    void aConfigOfAnOldPaperIsCompleted() {
        AgentState agent = rooms.create(
                        "{'llm_config':{'model':'gpt-4o','model_endpoint_type':'openai'},"
                                + "'embedding_config':{'embedding_endpoint_type':'openai','embedding_model':'text-embedding-3-small'}}")
                .state();
        assertThat(agent.llmConfig().contextWindow()).isEqualTo(128_000);
        assertThat(agent.embeddingConfig()).isNotNull();
        assertThat(agent.embeddingConfig().embeddingDim()).isPositive();
    }

    @Test
    void withoutAnyModelTheRequestMustNameOne() {
        try (AgentRooms bare = new AgentRooms(folder.resolve("bare"), null)) {
            assertThatThrownBy(() -> bare.create("{}"))
                    .hasMessage("INVALID_ARGUMENT: Must specify either model or llm_config in request");
        }
    }

    @Test
    void existingBlocksAreShared() {
        Block shared = rooms.blocks.create(ORG, USER, NewBlock.of("team", "We ship.", null));
        Loaded one = rooms.create("{'block_ids':['" + shared.id() + "']}");
        Loaded two = rooms.create(
                "{'block_ids':['" + shared.id() + "'],'memory_blocks':[{'label':'a'},{'label':'a','value':'2'}]}");
        assertThat(one.blocks()).containsExactly(shared);
        assertThat(two.blocks().stream().map(Block::label)).containsExactly("team", "a");
        assertThat(two.blocks().getLast().value()).isEmpty();
    }

    @Test
    void ownRulesOnV1BringTheBaseRulesAlong() {
        Loaded made = rooms.create(
                "{'tool_rules':[{'type':'max_count_per_step','tool_name':'memory_insert','max_count_limit':2}]}");
        assertThat(rules(made))
                .containsExactly(
                        "max_count_per_step memory_insert",
                        "continue_loop conversation_search",
                        "continue_loop memory_insert",
                        "continue_loop memory_replace");
        assertThat(made.state().toolRules().get(0).get("prompt_template").isNull())
                .isTrue();
        assertThat(made.state().toolRules().get(0).get("max_count_limit").asInt())
                .isEqualTo(2);
    }

    @Test
    void namesAreMadeUpWhenMissing() {
        assertThat(rooms.create("{}").state().name()).matches("[A-Z][a-z]+[A-Z][a-z]+");
        assertThat(rooms.create("{'name':''}").state().name()).isEmpty();
    }

    @Test
    void subagentsAreHidden() {
        assertThat(rooms.create("{'tags':['role:subagent']}").state().hidden()).isTrue();
        assertThat(rooms.agents.list(ORG, AgentFilter.NEWEST, Relation.ALL_BUT_APPROVAL))
                .isEmpty();
    }

    @Test
    void agentsSurviveARestart() {
        Loaded made = rooms.create("{'secrets':{'K':'V'}," + HUMAN + "}");
        rooms.close();
        try (Db again = TestDb.open(folder)) {
            AgentState stored = again.of(ORG)
                    .read(tx ->
                            Optional.ofNullable(AgentSql.find(tx, made.state().id())))
                    .orElseThrow();
            assertThat(stored).isEqualTo(made.state());
        }
        rooms = new AgentRooms(folder, null);
        assertThat(rooms.agents
                        .load(ORG, made.state().id(), Relation.ALL_BUT_APPROVAL)
                        .blocks())
                .hasSize(2);
    }
}
