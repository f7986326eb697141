package dev.mneme.account;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the sandboxes of an organisation are given: settings and environment values, sealed at rest (contract 12 §6). Thread-safe. */
public final class SandboxConfigs {
    /** What a shell takes as the name of a variable. */
    private static final Pattern KEY = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");

    private final Db db;
    private final Clock clock;
    private final Secrets secrets;

    public SandboxConfigs(Db db, Secrets secrets) {
        this.db = db;
        this.clock = db.clock();
        this.secrets = secrets;
    }

    /** What every tool of an organisation gets. environment: in clear; pip: packages, when the local config asks for an environment. */
    public record Given(Map<String, String> environment, List<JsonNode> pip) {
        @Override
        public String toString() {
            return "Given[" + environment.keySet() + "]";
        }
    }

    public Given given(String org) {
        SandboxConfigSql.Local local = db.of(org).read(SandboxConfigSql::local);
        Map<String, String> environment = new LinkedHashMap<>();
        local.sealed().forEach((key, stored) -> environment.put(key, secrets.open(stored)));
        List<JsonNode> pip = new ArrayList<>();
        if (local.config().path("use_venv").asBoolean()) {
            local.config().path("pip_requirements").forEach(pip::add);
        }
        return new Given(environment, pip);
    }

    public List<SandboxConfig> list(String org, @Nullable String kind, @Nullable String after, int limit) {
        return db.of(org).read(tx -> SandboxConfigSql.list(tx, kind, after, limit));
    }

    /** Stores the settings of a kind, in place of what was there. */
    public SandboxConfig upsert(String org, @Nullable String userId, String kind, ObjectNode config) {
        return db.of(org).write(tx -> {
            SandboxConfig old = SandboxConfigSql.ofKind(tx, kind);
            long now = clock.next();
            if (old == null) {
                SandboxConfig made = new SandboxConfig(IdKind.SANDBOX.next(), kind, config, now, now, userId, userId);
                SandboxConfigSql.insert(tx, made);
                return made;
            }
            return changed(tx, old, config, now, userId);
        });
    }

    /** The settings of a kind, made when there are none. */
    public SandboxConfig orDefault(String org, @Nullable String userId, String kind, ObjectNode standard) {
        SandboxConfig known = db.of(org)
                .read(tx -> Optional.ofNullable(SandboxConfigSql.ofKind(tx, kind)))
                .orElse(null);
        return known == null ? upsert(org, userId, kind, standard) : known;
    }

    public SandboxConfig update(String org, @Nullable String userId, String id, @Nullable ObjectNode config) {
        return db.of(org).write(tx -> {
            SandboxConfig old = require(tx, id);
            return config == null ? old : changed(tx, old, config, clock.next(), userId);
        });
    }

    private static SandboxConfig changed(
            Tx tx, SandboxConfig old, ObjectNode config, long now, @Nullable String userId) {
        SandboxConfig made =
                new SandboxConfig(old.id(), old.kind(), config, old.createdAt(), now, old.createdById(), userId);
        SandboxConfigSql.update(tx, made);
        return made;
    }

    public void delete(String org, String id) {
        db.of(org).write(tx -> {
            SandboxConfigSql.delete(tx, require(tx, id).id());
            return true;
        });
    }

    public List<SandboxConfig.Variable> variables(String org, String configId, @Nullable String after, int limit) {
        return db.of(org).read(tx -> {
            require(tx, configId);
            return SandboxConfigSql.variables(tx, configId, after, limit);
        });
    }

    /** Adds a value; 409 when there is one of that name. */
    public SandboxConfig.Variable add(
            String org, @Nullable String userId, String configId, String key, String value, @Nullable String about) {
        check(key);
        String sealed = secrets.seal(value);
        return db.of(org).write(tx -> {
            require(tx, configId);
            if (SandboxConfigSql.named(tx, configId, key) != null) {
                throw Problem.conflict("The sandbox has a variable " + key + " already; change that one.");
            }
            long now = clock.next();
            SandboxConfig.Variable made = new SandboxConfig.Variable(
                    IdKind.SANDBOX_ENV.next(), configId, key, sealed, about, now, now, userId, userId);
            SandboxConfigSql.insert(tx, made);
            return made;
        });
    }

    /** Changes a value; null leaves things as they are. */
    public SandboxConfig.Variable change(
            String org,
            @Nullable String userId,
            String id,
            @Nullable String key,
            @Nullable String value,
            @Nullable String about) {
        if (key != null) {
            check(key);
        }
        String sealed = value == null ? null : secrets.seal(value);
        return db.of(org).write(tx -> {
            SandboxConfig.Variable old = requireVariable(tx, id);
            if (key != null && !key.equals(old.key()) && SandboxConfigSql.named(tx, old.configId(), key) != null) {
                throw Problem.conflict("The sandbox has a variable " + key + " already.");
            }
            SandboxConfig.Variable made = new SandboxConfig.Variable(
                    old.id(),
                    old.configId(),
                    key == null ? old.key() : key,
                    sealed == null ? old.sealed() : sealed,
                    about == null ? old.description() : about,
                    old.createdAt(),
                    clock.next(),
                    old.createdById(),
                    userId);
            SandboxConfigSql.update(tx, made);
            return made;
        });
    }

    public void deleteVariable(String org, String id) {
        db.of(org).write(tx -> {
            SandboxConfigSql.deleteVariable(tx, requireVariable(tx, id).id());
            return true;
        });
    }

    private static SandboxConfig require(Tx tx, String id) {
        SandboxConfig found = SandboxConfigSql.find(tx, id);
        if (found == null) {
            throw Problem.notFound("Sandbox config with id " + id + " not found.");
        }
        return found;
    }

    private static SandboxConfig.Variable requireVariable(Tx tx, String id) {
        SandboxConfig.Variable found = SandboxConfigSql.variable(tx, id);
        if (found == null) {
            throw Problem.notFound("Sandbox environment variable with id " + id + " not found.");
        }
        return found;
    }

    private static void check(String key) {
        if (!KEY.matcher(key).matches()) {
            throw Problem.invalid(
                    Json.write(key) + " cannot be the name of an environment variable: letters, digits and '_',"
                            + " no digit first, 128 at most.");
        }
    }
}
