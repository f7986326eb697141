package dev.mneme.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.account.SandboxConfig;
import dev.mneme.account.SandboxConfigs;
import dev.mneme.agent.AgentSecret;
import dev.mneme.base.Json;
import dev.mneme.wire.CreateVariable;
import dev.mneme.wire.ModifyVariable;
import dev.mneme.wire.SandboxView;
import dev.mneme.wire.SandboxWish;
import dev.mneme.wire.VariableView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Settings and environment values of the sandboxes that tools run in (contract 12 §6). */
final class SandboxRoutes {
    private static final String ROOT = "/v1/sandbox-config";
    private static final String ONE = ROOT + "/{sandbox_config_id:sandbox}";
    private static final String VARIABLE = ROOT + "/environment-variable/{environment_variable_id}";
    private static final Param<Integer> LIMIT = Paging.limit(1000);
    private static final Param<String> KIND =
            Param.maybeChoice("sandbox_type", SandboxConfig.KINDS, "of this kind only");

    private final SandboxConfigs configs;

    SandboxRoutes(SandboxConfigs configs) {
        this.configs = configs;
    }

    List<Route> routes() {
        return List.of(
                Route.get(ROOT, "Settings of sandboxes, oldest first")
                        .takes(LIMIT, Paging.AFTER, KIND)
                        .givesList(SandboxView.class)
                        .by(call -> Answer.ok(
                                configs
                                        .list(call.org(), call.maybe(KIND), call.maybe(Paging.AFTER), call.at(LIMIT))
                                        .stream()
                                        .map(SandboxRoutes::view)
                                        .toList())),
                Route.post(ROOT, "Stores the settings of a kind of sandbox, in place of what was there")
                        .body(SandboxWish.class)
                        .gives(SandboxView.class)
                        .by(this::store),
                Route.post(ROOT + "/local", "Stores the settings of the local sandbox; the body is the config itself")
                        .body(SandboxWish.class)
                        .gives(SandboxView.class)
                        .by(call -> Answer.ok(view(
                                configs.upsert(call.org(), call.user(), SandboxConfig.LOCAL, local(object(call)))))),
                Route.post(ROOT + "/local/default", "The settings of the local sandbox, made when there are none")
                        .gives(SandboxView.class)
                        .by(call -> standard(call, SandboxConfig.LOCAL, local(Json.object()))),
                Route.post(ROOT + "/e2b/default", "The settings kept for E2B, made when there are none")
                        .gives(SandboxView.class)
                        .by(call ->
                                standard(call, SandboxConfig.E2B, Json.object().put("timeout", 300))),
                Route.post(
                                ROOT + "/local/recreate-venv",
                                "The local settings; packages are installed anew by themselves")
                        .gives(SandboxView.class)
                        .by(call -> standard(call, SandboxConfig.LOCAL, local(Json.object()))),
                Route.patch(ONE, "Changes settings")
                        .body(SandboxWish.class)
                        .gives(SandboxView.class)
                        .by(this::change),
                Route.delete(ONE, "Deletes settings with their environment values")
                        .by(call -> {
                            configs.delete(call.org(), call.at("sandbox_config_id"));
                            return Answer.noContent();
                        }),
                Route.get(ONE + "/environment-variable", "Environment values that every tool gets; masked")
                        .takes(LIMIT, Paging.AFTER)
                        .givesList(VariableView.class)
                        .by(call -> Answer.ok(configs
                                .variables(
                                        call.org(),
                                        call.at("sandbox_config_id"),
                                        call.maybe(Paging.AFTER),
                                        call.at(LIMIT))
                                .stream()
                                .map(variable -> view(variable, null))
                                .toList())),
                Route.post(ONE + "/environment-variable", "Adds an environment value for every tool")
                        .body(CreateVariable.class)
                        .gives(VariableView.class)
                        .by(this::add),
                Route.patch(VARIABLE, "Changes an environment value")
                        .body(ModifyVariable.class)
                        .gives(VariableView.class)
                        .by(this::changeVariable),
                Route.delete(VARIABLE, "Deletes an environment value").by(call -> {
                    configs.deleteVariable(call.org(), call.at("environment_variable_id"));
                    return Answer.noContent();
                }));
    }

    private Answer store(Call call) {
        ObjectNode config = call.closedBody(SandboxWish.class).config();
        if (config == null) {
            throw new Invalid(Invalid.Fault.missing(List.of("body", "config")));
        }
        String kind = kind(config);
        return Answer.ok(view(configs.upsert(
                call.org(), call.user(), kind, kind.equals(SandboxConfig.LOCAL) ? local(config) : config)));
    }

    private Answer change(Call call) {
        ObjectNode config = call.closedBody(SandboxWish.class).config();
        return Answer.ok(view(configs.update(call.org(), call.user(), call.at("sandbox_config_id"), config)));
    }

    private Answer standard(Call call, String kind, ObjectNode config) {
        return Answer.ok(view(configs.orDefault(call.org(), call.user(), kind, config)));
    }

    private Answer add(Call call) {
        CreateVariable body = call.closedBody(CreateVariable.class);
        return Answer.ok(view(
                configs.add(
                        call.org(),
                        call.user(),
                        call.at("sandbox_config_id"),
                        body.key(),
                        body.value(),
                        body.description()),
                body.value()));
    }

    private Answer changeVariable(Call call) {
        ModifyVariable body = call.closedBody(ModifyVariable.class);
        return Answer.ok(view(
                configs.change(
                        call.org(),
                        call.user(),
                        call.at("environment_variable_id"),
                        body.key(),
                        body.value(),
                        body.description()),
                body.value()));
    }

    private static ObjectNode object(Call call) {
        if (call.json() instanceof ObjectNode object) {
            return object;
        }
        throw new Invalid(
                Invalid.Fault.of("dict_type", List.of("body"), "Input should be a valid dictionary", call.json()));
    }

    /** The kind whose keys these are. */
    private static String kind(ObjectNode config) {
        if (config.has("sandbox_dir") || config.has("use_venv") || config.has("venv_name")) {
            return SandboxConfig.LOCAL;
        }
        if (config.has("language") || config.has("npm_requirements")) {
            return SandboxConfig.MODAL;
        }
        return config.has("template") || config.has("timeout") ? SandboxConfig.E2B : SandboxConfig.LOCAL;
    }

    /** Local settings with what was left out. */
    private static ObjectNode local(ObjectNode given) {
        ObjectNode out = Json.object();
        out.putNull("sandbox_dir");
        out.put("use_venv", false).put("venv_name", "venv").putArray("pip_requirements");
        return out.setAll(given);
    }

    private static SandboxView view(SandboxConfig config) {
        return new SandboxView(
                config.createdById(),
                config.lastUpdatedById(),
                Times.zulu(config.createdAt()),
                Times.zulu(config.updatedAt()),
                config.id(),
                config.kind(),
                config.config());
    }

    /** clear: the value that the caller has just set, null: nobody is told. */
    private static VariableView view(SandboxConfig.Variable variable, @Nullable String clear) {
        String shown = clear == null ? AgentSecret.MASK : clear;
        return new VariableView(
                variable.createdById(),
                variable.lastUpdatedById(),
                Times.zulu(variable.createdAt()),
                Times.zulu(variable.updatedAt()),
                variable.id(),
                variable.key(),
                shown,
                variable.description(),
                shown,
                variable.configId());
    }
}
