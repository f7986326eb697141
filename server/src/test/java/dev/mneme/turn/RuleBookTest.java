package dev.mneme.turn;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RuleBookTest {
    private static final List<String> ATTACHED = List.of("a", "b", "c", "d");

    private static final String FIRST = "{'type':'run_first','tool_name':'b'}";
    private static final String CHILDREN =
            "{'type':'constrain_child_tools','tool_name':'a','children':['b','c','gone']}";
    private static final String PARENT = "{'type':'parent_last_tool','tool_name':'a','children':['b']}";
    private static final String OTHER_PARENT = "{'type':'parent_last_tool','tool_name':'c','children':['b']}";
    private static final String MAX = "{'type':'max_count_per_step','tool_name':'a','max_count_limit':2}";
    private static final String MAPPING = "'child_output_mapping':{'3':'b','true':'c','left':'d'}";
    private static final String CONDITIONAL = "{'type':'conditional','tool_name':'a'," + MAPPING + "}";
    private static final String DEFAULT = "{'type':'conditional','tool_name':'a','default_child':'d'," + MAPPING + "}";
    private static final String STRICT =
            "{'type':'conditional','tool_name':'a','require_output_mapping':true," + MAPPING + "}";

    private static RuleBook rules(String... rules) {
        return RuleBook.of(json("[" + String.join(",", rules) + "]"));
    }

    private static JsonNode json(String text) {
        try {
            return Json.parse(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** A history from words such as {@code "a b=3"}: the tools in order, the last one with its output. */
    private static CallHistory history(String words) {
        CallHistory out = CallHistory.NONE;
        for (String word : words.isEmpty() ? new String[0] : words.split(" ")) {
            String[] parts = word.split("=", 2);
            out = out.plus(parts[0], parts.length > 1 ? parts[1] : "ok");
        }
        return out;
    }

    static Stream<Arguments> sets() {
        return Stream.of(
                Arguments.of("no rules", "", "", "abcd", false),
                Arguments.of("run_first before any call", FIRST, "", "b", true),
                Arguments.of("run_first after a call", FIRST, "b", "abcd", false),
                Arguments.of("run_first of a tool that is not there", FIRST.replace("'b'", "'x'"), "", "abcd", false),
                Arguments.of("several run_first", FIRST + "," + FIRST.replace("'b'", "'d'"), "", "bd", true),
                Arguments.of("children before the parent", CHILDREN, "b", "abcd", false),
                Arguments.of("children after the parent", CHILDREN, "a", "bc", true),
                Arguments.of("children two calls later", CHILDREN, "a b", "abcd", false),
                Arguments.of("a child waits for its parent", PARENT, "", "acd", false),
                Arguments.of("after the parent only its children", PARENT, "a", "b", true),
                Arguments.of("then the child waits again", PARENT, "a b", "acd", false),
                Arguments.of("a child of two parents follows either", PARENT + "," + OTHER_PARENT, "c", "b", true),
                Arguments.of("and neither lets it go alone", PARENT + "," + OTHER_PARENT, "d", "acd", false),
                Arguments.of("conditional by number", CONDITIONAL, "a=3", "b", true),
                Arguments.of("conditional by the number's value", CONDITIONAL, "a=3.0", "b", true),
                Arguments.of("conditional by truth in Python's spelling", CONDITIONAL, "a=True", "c", true),
                Arguments.of("conditional by text", CONDITIONAL, "a=left", "d", true),
                Arguments.of("conditional, no match: any", CONDITIONAL, "a=4", "abcd", true),
                Arguments.of("conditional, no match: default", DEFAULT, "a=4", "d", true),
                Arguments.of("conditional, no match: none", STRICT, "a=4", "", false),
                Arguments.of("an object is compared as its text", CONDITIONAL, "a={\"k\":3}", "abcd", true),
                Arguments.of("max count below the limit", MAX, "a", "abcd", false),
                Arguments.of("max count at the limit", MAX, "a b a", "bcd", false),
                Arguments.of(
                        "rules that contradict each other",
                        CHILDREN + "," + PARENT.replace("'b'", "'d'"),
                        "a",
                        "",
                        false),
                Arguments.of("two rules meet", CHILDREN + "," + MAX.replace("'a'", "'b'"), "b b a", "c", true));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sets")
    void rulesDecideWhatMayBeCalled(String name, String rules, String history, String allowed, boolean forced) {
        RuleBook.Allowed found = rules(rules).allowed(ATTACHED, history(history));
        assertThat(String.join("", found.tools())).isEqualTo(allowed);
        assertThat(found.forced()).isEqualTo(forced);
    }

    @ParameterizedTest
    @CsvSource({
        "3,3,true",
        "3,3.0,true",
        "3,4,false",
        "true,True,true",
        "false,FALSE,true",
        "true,1,false",
        "ok,ok,true",
        "ok,OK,false",
        "ok,' ok\n',true",
        "1e3,1000,true",
        "'','',true",
        "'',0,false"
    })
    void keysAreComparedWithOutputsByWhatTheyMean(String key, String output, boolean same) {
        assertThat(RuleBook.same(key, output)).isEqualTo(same);
    }

    @Test
    void aViolationNamesWhatIsAllowedAndTheRulesThatWereBroken() {
        RuleBook rules = rules(
                "{'type':'max_count_per_step','tool_name':'a','max_count_limit':1}",
                "{'type':'constrain_child_tools','tool_name':'a','children':['b','c']}");
        assertThat(rules.violation("a", List.of("b", "c"), history("a")))
                .isEqualTo("[ToolConstraintError] Cannot call a, valid tools include: ['b', 'c'].\n"
                        + "** Hint: Possible rules that were violated:\n"
                        + "\t- <tool_rule>\na: at most 1 use(s) per response\n</tool_rule>\n"
                        + "\t- <tool_rule>\nAfter using a, you must use one of these tools: b, c\n</tool_rule>");
        assertThat(rules(FIRST).violation("a", List.of("b"), history("")))
                .isEqualTo("[ToolConstraintError] Cannot call a, valid tools include: ['b'].");
        assertThat(rules(PARENT).violation("b", List.of("a", "c", "d"), history("")))
                .doesNotContain("Hint");
    }

    @Test
    void runFirstPutsItsArgumentsOverTheModels() {
        RuleBook rules = rules("{'type':'run_first','tool_name':'a','args':{'x':1}}");
        RuleBook.Prefill prefill = rules.prefill("a", CallHistory.NONE);
        assertThat(prefill).isNotNull();
        assertThat(prefill.arguments()).isEqualTo(json("{'x':1}"));
        assertThat(rules.prefill("a", history("b"))).isNull();
        assertThat(rules.prefill("b", CallHistory.NONE)).isNull();
        assertThat(rules("{'type':'run_first','tool_name':'a','args':null}").prefill("a", CallHistory.NONE))
                .isNull();
    }

    @Test
    void aChildGetsTheArgumentsOfItsNode() {
        RuleBook rules = rules("{'type':'constrain_child_tools','tool_name':'a','children':['b'],"
                + "'child_arg_nodes':[{'name':'b','args':{'x':1}}]}");
        RuleBook.Prefill prefill = rules.prefill("b", history("a"));
        assertThat(prefill).isNotNull();
        assertThat(prefill.arguments()).isEqualTo(json("{'x':1}"));
        assertThat(rules.prefill("b", history("c"))).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'x':1}|",
                "{'x':1.5}|Wrong type of argument 'x' for tool 'a'.",
                "{'qq':1}|Unknown argument 'qq' for tool 'a'.",
                "{'s':null}|",
                "{'s':'text'}|",
                "{'s':1}|Wrong type of argument 's' for tool 'a'.",
                "{'free':[1]}|"
            })
    void prefilledArgumentsMustFitTheTool(String arguments, String expected) {
        RuleBook.Prefill prefill = rules("{'type':'run_first','tool_name':'a','args':" + arguments + "}")
                .prefill("a", CallHistory.NONE);
        assertThat(prefill).isNotNull();
        assertThat(prefill.wrong(
                        "a", json("{'properties':{'x':{'type':'integer'},'s':{'type':['string','null']},'free':{}}}")))
                .isEqualTo(
                        expected == null
                                ? null
                                : "Invalid prefilled tool arguments from tool rules (source=InitToolRule(a)): "
                                        + expected);
    }

    @Test
    void requiredToolsCountOnlyWhenAttached() {
        RuleBook rules = rules(
                "{'type':'required_before_exit','tool_name':'b'}",
                "{'type':'required_before_exit','tool_name':'gone'}");
        assertThat(rules.uncalled(ATTACHED, history("a"))).containsExactly("b");
        assertThat(rules.uncalled(ATTACHED, history("a b"))).isEmpty();
    }

    @Test
    void onlyApprovalsLeaveTheOrderOfCallsFree() {
        assertThat(rules("{'type':'requires_approval','tool_name':'a'}").ordersCalls())
                .isFalse();
        assertThat(rules("{'type':'exit_loop','tool_name':'a'}").ordersCalls()).isTrue();
        assertThat(RuleBook.EMPTY.ordersCalls()).isFalse();
    }

    @Test
    void whatNobodyKnowsIsLeftOut() {
        RuleBook rules = rules("{'type':'from_the_future','tool_name':'a'}", FIRST);
        assertThat(rules.allowed(ATTACHED, CallHistory.NONE).tools()).containsExactly("b");
    }
}
