package dev.mneme.http;

import static dev.mneme.store.gen.Tables.ORGANIZATION;
import static dev.mneme.store.gen.Tables.PERSON;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.account.ApiKeys;
import dev.mneme.account.KeyRole;
import dev.mneme.base.IdKind;
import dev.mneme.testkit.FakeMcp;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jooq.Table;
import org.jooq.impl.DSL;

/**
 * An organisation of a test server with one thing of every kind in it, and an admin key. All that it writes holds its word.
 *
 * @param things ids by their prefix, and names by what they name
 */
record Tenant(House house, String org, String user, String word, String key, Map<String, String> things) {
    private static final Pattern ID = Pattern.compile(
            "[a-z_-]{2,12}-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|mneme-at-[0-9a-f-]{36}");

    private static final Pattern HOLE = Pattern.compile("@([a-z]+(?:-env)?)");

    /** What an organisation says and no other may read. */
    String secret() {
        return word + "secret";
    }

    /** What nobody may read at all: values of secrets. */
    String hidden() {
        return word + "hidden";
    }

    /** Other things in the same organisation. */
    Tenant beside(FakeMcp fake, String other) {
        Tenant tenant = new Tenant(house, org, user, other, key, new LinkedHashMap<>());
        tenant.fill(fake);
        return tenant;
    }

    /** A further key of this organisation. */
    String key(KeyRole role, String... agents) {
        return house.keys
                .create(org, user, new ApiKeys.Wish("walk", role, List.of(agents), null))
                .secret();
    }

    static Tenant in(House house, FakeMcp fake, String word) {
        String org = IdKind.ORG.next();
        String user = IdKind.USER.next();
        house.db.everywhere().write(tx -> {
            tx.sql()
                    .insertInto(ORGANIZATION, ORGANIZATION.ID, ORGANIZATION.NAME, ORGANIZATION.CREATED_AT)
                    .values(org, word, 1L)
                    .execute();
            return tx.sql()
                    .insertInto(PERSON, PERSON.ID, PERSON.ORGANIZATION_ID, PERSON.NAME, PERSON.CREATED_AT)
                    .values(user, org, word, 1L)
                    .execute();
        });
        house.rooms.tools().upsertBase(org, user, house.rooms.baseTools());
        String key = house.keys
                .create(org, user, new ApiKeys.Wish("admin", KeyRole.ADMIN, List.of(), null))
                .secret();
        Tenant tenant = new Tenant(house, org, user, word, key, new LinkedHashMap<>());
        tenant.fill(fake);
        return tenant;
    }

    private void fill(FakeMcp fake) {
        String said = "'messages':[{'role':'user','content':'" + secret() + "'}]";
        things.put("org", org);
        things.put("user", user);
        make("identity", "/v1/identities", "{'identifier_key':'@w','name':'@w','identity_type':'user'}");
        make("block", "/v1/blocks", "{'label':'@w','value':'@s'}");
        make(
                "tool",
                "/v1/tools",
                "{'source_code':'def @w(x: str) -> str:\\n    \\'@s\\'\\n    return x','source_type':'python',"
                        + "'json_schema':{'name':'@w','description':'@s','parameters':{'type':'object','properties':{}}}}");
        make("source", "/v1/folders", "{'name':'@w','description':'@s','embedding':'scripted/letters'}");
        make(
                "agent",
                "/v1/agents",
                "{'name':'@w','tags':['@w'],'description':'@s','block_ids':['@block'],'tool_ids':['@tool'],"
                        + "'identity_ids':['@identity'],'folder_ids':['@source'],'secrets':{'@w':'@k'}}");
        make("conv", "/v1/conversations?agent_id=@agent", "{'summary':'@s'}");
        call("POST", "/v1/agents/@agent/messages", "{" + said + "}");
        call("POST", "/v1/conversations/@conv/messages", "{'streaming':false," + said + "}");
        make("archive", "/v1/archives", "{'name':'@w','description':'@s','embedding':'scripted/letters'}");
        make("passage", "/v1/archives/@archive/passages", "{'text':'@s','tags':['@w']}");
        call("PATCH", "/v1/agents/@agent/archives/attach/@archive", null);
        make("group", "/v1/groups", "{'agent_ids':['@agent'],'description':'@s'}");
        make(
                "schedule",
                "/v1/agents/@agent/schedule",
                "{" + said + ",'schedule':{'type':'recurring','cron_expression':'0 0 1 1 *'}}");
        make("sandbox", "/v1/sandbox-config", "{'config':{'sandbox_dir':'/tmp/@w'}}");
        make("sandbox-env", "/v1/sandbox-config/@sandbox/environment-variable", "{'key':'@w','value':'@k'}");
        make("job", "/v1/messages/batches", "{'requests':[{'agent_id':'@agent'," + said + "}]}");
        call("POST", "/v1/templates", "{'type':'agent','agent_id':'@agent','name':'@w'}");
        things.put(
                "deployment",
                call("POST", "/v1/templates/@w/agents", "{}")
                        .path("deployment_id")
                        .asText());
        things.put(
                "connection",
                call("POST", "/v1/environments/register", "{'device_id':'@w','connection_name':'@s'}")
                        .path("connectionId")
                        .asText());
        things.put(
                "environment",
                call("GET", "/v1/environments/@w", null).path("id").asText());
        things.put(
                "token",
                call(
                                "POST",
                                "/v1/client-side-access-tokens",
                                "{'hostname':'https://@w.example','policy':[{'type':'agent','id':'@agent','access':['read_agent']}]}")
                        .path("token")
                        .asText());
        make(
                "mcp_server",
                "/v1/mcp-servers",
                "{'server_name':'@w','config':{'mcp_server_type':'streamable_http'," + "'server_url':'" + fake.url()
                        + "','auth_header':'Authorization','auth_token':'@k'}}");
        make("provider", "/v1/providers", "{'name':'@w','provider_type':'anthropic','api_key':'@k'}");
        make("key", "/v1/api-keys", "{'name':'@w'}");
        things.put(
                "file",
                house.web
                        .upload(
                                "/v1/folders/" + things.get("source") + "/upload",
                                word + ".txt",
                                "text/plain",
                                secret().getBytes(StandardCharsets.UTF_8),
                                "authorization",
                                "Bearer " + key)
                        .json()
                        .path("id")
                        .asText());
        // What goes on behind an answer would change rows while they are compared.
        until("/v1/folders/@source/files/@file", "processing_status");
        until("/v1/messages/batches/@job", "status");
        things.put(
                "message",
                call("GET", "/v1/agents/@agent/messages?limit=1", null)
                        .at("/0/id")
                        .asText());
        things.put(
                "run",
                call("GET", "/v1/runs?limit=1&agent_id=@agent", null)
                        .at("/0/id")
                        .asText());
        things.put(
                "step",
                call("GET", "/v1/steps?limit=1&agent_id=@agent", null)
                        .at("/0/id")
                        .asText());
        things.forEach((kind, id) -> assertThat(id).as(kind).isNotEmpty());
    }

    private void make(String kind, String path, String body) {
        JsonNode made = call("POST", path, body);
        String id = made.isArray()
                ? made.path(0).path("id").asText()
                : made.path("id").asText();
        if (id.isEmpty()) {
            throw new AssertionError(path + ": " + made);
        }
        things.put(kind, id);
    }

    private void until(String path, String field) {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!call("GET", path, null).path(field).asText().equals("completed")) {
            assertThat(System.nanoTime()).as("waiting for " + path).isLessThan(end);
        }
    }

    private JsonNode call(String method, String path, @org.jspecify.annotations.Nullable String body) {
        Web.Reply reply = house.web.send(
                method, filled(path), body == null ? null : filled(body), "authorization", "Bearer " + key);
        if (reply.status() >= 300) {
            throw new AssertionError(method + " " + path + ": " + reply.text());
        }
        return reply.json();
    }

    private String filled(String text) {
        return HOLE.matcher(text)
                .replaceAll(hole -> Matcher.quoteReplacement(
                        switch (hole.group(1)) {
                            case "w" -> word;
                            case "s" -> secret();
                            case "k" -> hidden();
                            default -> things.get(hole.group(1));
                        }));
    }

    /** Every id that stands in a row of this organisation. */
    Set<String> ids() {
        Set<String> out = new TreeSet<>();
        for (Table<?> table : tables()) {
            if (table.field("organization_id") != null) {
                house.db
                        .everywhere()
                        .read(tx -> tx.sql()
                                .selectFrom(table)
                                .where(DSL.field("organization_id", String.class)
                                        .eq(org))
                                .fetch())
                        .forEach(row -> out.addAll(idsIn(row.toString())));
            }
        }
        return out;
    }

    static Set<String> idsIn(String text) {
        Set<String> out = new TreeSet<>();
        Matcher found = ID.matcher(text);
        while (found.find()) {
            out.add(found.group());
        }
        return out;
    }

    /** Every row, of any organisation, that names one of these ids. */
    Set<String> rows(Set<String> ids) {
        Set<String> out = new TreeSet<>();
        for (Table<?> table : tables()) {
            house.db.everywhere().read(tx -> tx.sql().selectFrom(table).fetch()).forEach(row -> {
                String text = java.util.Arrays.deepToString(row.intoArray());
                if (idsIn(text).stream().anyMatch(ids::contains)) {
                    out.add(table.getName() + text);
                }
            });
        }
        return out;
    }

    private static List<Table<?>> tables() {
        return dev.mneme.store.gen.DefaultSchema.DEFAULT_SCHEMA.getTables();
    }
}
