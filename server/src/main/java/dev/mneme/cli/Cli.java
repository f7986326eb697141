package dev.mneme.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Problem;
import dev.mneme.config.Options;
import dev.mneme.config.Setting;
import dev.mneme.config.StartRefused;
import dev.mneme.config.Topic;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The command line: {@code mneme server | quickstart | run | agents | keys | health | mcp} and those of {@link Upkeep}. Flags of settings come from {@link Setting}. */
public final class Cli {
    /** What went wrong is the caller's or the machine's to mend; the line on standard error says how. */
    static final int REFUSED = 2;

    private static final int FAILED = 1;

    private static final String OFFLINE = "--offline";

    private final Map<String, String> environment;
    private final ServerStarter starter;
    private final Console console;

    private Cli(Map<String, String> environment, ServerStarter starter, Console console) {
        this.environment = environment;
        this.starter = starter;
        this.console = console;
    }

    /** Runs one command and returns the exit code of the process. */
    public static int run(String[] args, Map<String, String> environment, ServerStarter starter, Console console) {
        return new Cli(environment, starter, console).run(args);
    }

    private int run(String[] args) {
        CommandLine line = new CommandLine(root())
                .setExecutionStrategy(this::execute)
                .setOut(new java.io.PrintWriter(console.out(), true))
                .setErr(new java.io.PrintWriter(console.err(), true))
                .setExecutionExceptionHandler((e, command, parsed) -> refused(e))
                .setParameterExceptionHandler((e, rejected) -> {
                    console.err()
                            .println("mneme: " + firstLine(e.getMessage()) + ". See ./mneme "
                                    + (e.getCommandLine().getCommandName().equals("mneme")
                                            ? ""
                                            : e.getCommandLine().getCommandName() + " ")
                                    + "--help");
                    return REFUSED;
                });
        return line.execute(args);
    }

    private CommandSpec root() {
        CommandSpec root = CommandSpec.create()
                .name("mneme")
                .mixinStandardHelpOptions(true)
                .version(version());
        root.usageMessage().description("A server for agents that remember.", "All settings: docs/gen/settings.md");
        root.addSubcommand("quickstart", quickstart());
        root.addSubcommand("server", server());
        root.addSubcommand(
                "run",
                client("Chat with an agent.")
                        .addOption(OptionSpec.builder("--agent")
                                .type(String.class)
                                .paramLabel("NAME")
                                .description("Name or id of the agent. Default: the newest.")
                                .build()));
        root.addSubcommand("agents", client("List the agents."));
        Upkeep.describe(root, Cli::keeper);
        Keys.describe(root, Cli::keeper);
        root.addSubcommand("health", client("Ask the server how it is."));
        root.addSubcommand(
                "mcp", client("Be an MCP server on standard input and output, for programs that start their servers."));
        root.addSubcommand("train", command("Make the training run of the start-up cache.", true));
        return root;
    }

    private static CommandSpec command(String description, boolean hidden) {
        CommandSpec spec = CommandSpec.create().mixinStandardHelpOptions(true);
        spec.usageMessage().description(description).hidden(hidden);
        return spec;
    }

    private static CommandSpec server() {
        CommandSpec spec = command("Run the server in the foreground.", false);
        for (Setting setting : Setting.values()) {
            if (setting.flag() != null && setting.topic() != Topic.CLIENT) {
                spec.addOption(option(setting));
            }
        }
        // Flags of the retired server that compose files and habits still carry.
        spec.addOption(
                OptionSpec.builder("--type").type(String.class).hidden(true).build());
        spec.addOption(
                OptionSpec.builder("--ade").type(boolean.class).hidden(true).build());
        return spec;
    }

    private static CommandSpec quickstart() {
        CommandSpec spec = server();
        spec.usageMessage().description("Start a server and talk with an agent that remembers. No key is needed.");
        spec.addOption(OptionSpec.builder("--backend")
                .type(String.class)
                .paramLabel("openai|anthropic|ollama|demo")
                .description("Whose model to use. Default: the first that is configured, else the demo model.")
                .build());
        spec.addOption(OptionSpec.builder("--no-chat")
                .type(boolean.class)
                .description("Open no chat; leave the server running in the foreground.")
                .build());
        spec.addOption(OptionSpec.builder("--exit")
                .type(boolean.class)
                .description("Not on a terminal: stop the server after the scripted exchange.")
                .build());
        return spec;
    }

    private static CommandSpec client(String description) {
        return command(description, false).addOption(option(Setting.BASE_URL));
    }

    /** As {@link #client}, and also without a running server. */
    private static CommandSpec keeper(String description) {
        return client(description)
                .addOption(option(Setting.DATA_FOLDER))
                .addOption(OptionSpec.builder(OFFLINE)
                        .type(boolean.class)
                        .description("Ask no server: work on the data folder of one that is stopped.")
                        .build());
    }

    private static OptionSpec option(Setting setting) {
        boolean isSwitch = setting.kind() == Setting.Kind.SWITCH;
        OptionSpec.Builder option = OptionSpec.builder(String.valueOf(setting.flag()))
                .type(isSwitch ? boolean.class : String.class)
                .description(setting.meaning().replace("%", "%%")
                        + (isSwitch || setting.fallback().isEmpty() ? "" : " Default: " + setting.fallback() + ".")
                        + " (" + setting.variable() + ")");
        if (!isSwitch) {
            option.paramLabel(setting.kind() == Setting.Kind.NUMBER ? "NUMBER" : "TEXT");
        }
        return option.build();
    }

    private int execute(ParseResult parsed) {
        Integer help = CommandLine.executeHelpRequest(parsed);
        if (help != null) {
            return help;
        }
        ParseResult sub = parsed.subcommand();
        if (sub == null) {
            parsed.commandSpec().commandLine().usage(console.out());
            return REFUSED;
        }
        try {
            return command(sub);
        } catch (StartRefused | Problem | ApiRefused e) {
            return refused(e);
        }
    }

    private int command(ParseResult parsed) {
        String name = parsed.commandSpec().name();
        if (name.equals("train")) {
            return new Training(starter).run();
        }
        Options options = Options.read(flags(parsed), environment);
        return switch (name) {
            case "server" -> serve(options);
            case "quickstart" -> new Quickstart(console, environment, starter).run(options, wish(parsed));
            default -> ask(name, options, parsed);
        };
    }

    /** Of the command and of the parts of it that were named, the inner ones winning. */
    private static Map<Setting, String> flags(ParseResult parsed) {
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        for (ParseResult each = parsed; each != null; each = each.subcommand()) {
            for (Setting setting : Setting.values()) {
                if (setting.flag() != null && each.hasMatchedOption(setting.flag())) {
                    flags.put(setting, String.valueOf(each.<Object>matchedOptionValue(setting.flag(), "")));
                }
            }
        }
        return flags;
    }

    private int serve(Options options) {
        try (RunningServer running = Serving.start(starter, options, console)) {
            Serving.untilStopped();
            return 0;
        }
    }

    private static Quickstart.Wish wish(ParseResult parsed) {
        String word = parsed.matchedOptionValue("--backend", (String) null);
        return new Quickstart.Wish(
                word == null ? null : backend(word),
                !parsed.matchedOptionValue("--no-chat", false),
                parsed.matchedOptionValue("--exit", false));
    }

    private static Backend backend(String word) {
        for (Backend backend : Backend.values()) {
            if (backend.word().equals(word)) {
                return backend;
            }
        }
        throw new StartRefused("--backend " + word + " is unknown: write openai, anthropic, ollama or demo.");
    }

    private int ask(String name, Options options, ParseResult parsed) {
        if (!offline(parsed)) {
            try (ApiClient api = new ApiClient(options.client())) {
                return ask(api, name, options, parsed);
            }
        }
        try (RunningServer asleep = Serving.asleep(starter, options);
                ApiClient api = ApiClient.within(asleep)) {
            return ask(api, name, options, parsed);
        }
    }

    /** Whether it stands with the command or with a part of it. */
    private static boolean offline(ParseResult parsed) {
        return parsed.hasMatchedOption(OFFLINE) || (parsed.hasSubcommand() && offline(parsed.subcommand()));
    }

    private int ask(ApiClient api, String name, Options options, ParseResult parsed) {
        if (Upkeep.COMMANDS.contains(name)) {
            return new Upkeep(api, console, options.client().passphrase()).run(name, parsed);
        }
        switch (name) {
            case "health" -> {
                JsonNode health = api.get("/v1/health/");
                console.out()
                        .println(api.url() + ": " + health.path("status").asText() + ", version "
                                + health.path("version").asText());
            }
            case Keys.COMMAND -> new Keys(api, console, console.paint(environment)).run(parsed);
            case "mcp" -> new McpBridge(api, console).run();
            case "agents" -> agents(api);
            default -> talk(api, parsed.matchedOptionValue("--agent", (String) null));
        }
        return 0;
    }

    private void agents(ApiClient api) {
        JsonNode agents = api.get("/v1/agents/?limit=200");
        if (agents.isEmpty()) {
            console.out().println("There is no agent yet: ./mneme quickstart makes one.");
            return;
        }
        TextTable table = new TextTable("NAME", "MODEL", "LAST RUN");
        for (JsonNode one : agents) {
            AgentClient agent = AgentClient.of(api, one);
            table.row(agent.id(), agent.name(), agent.model(), TextTable.minute(one.path("last_run_completion")));
        }
        table.print(console.out(), console.paint(environment));
    }

    private void talk(ApiClient api, @Nullable String wanted) {
        AgentClient agent = wanted == null ? AgentClient.newest(api) : AgentClient.wanted(api, wanted);
        if (agent == null) {
            throw new ApiRefused(404, "There is no agent yet: ./mneme quickstart makes one.", null);
        }
        new Chat(agent, console, console.paint(environment)).run();
    }

    /** One line for what the caller can mend; anything else is a bug and shows itself whole. */
    private int refused(Exception e) {
        switch (e) {
            case StartRefused start -> console.err().println("mneme: " + start.line());
            case Problem problem -> console.err().println("mneme: " + problem.detail());
            case ApiRefused api -> {
                console.err().println("mneme: " + api.line());
                return FAILED;
            }
            default -> {
                e.printStackTrace(console.err());
                return FAILED;
            }
        }
        return REFUSED;
    }

    private static String firstLine(@Nullable String text) {
        return text == null ? "" : text.lines().findFirst().orElse("");
    }

    private static String version() {
        String version = Cli.class.getPackage().getImplementationVersion();
        return "mneme " + (version == null ? "from source" : version);
    }
}
