package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request that a route would take, with holes where things are named: {@code @agent} for an id of an agent, {@code @w} for a name. Made
 * from the route alone; a body record or a slot that it cannot fill fails the test that walks the routes.
 *
 * @param path with its query
 * @param holes the names of the holes, each once, in order
 */
record RouteProbe(Route route, String path, @Nullable String body, List<String> holes) {
    private static final Pattern HOLE = Pattern.compile("@[a-z_]+(-env)?(#\\d+)?");

    /** What slots and fields name whose name does not say it. */
    private static final Map<String, String> KINDS = Map.ofEntries(
            Map.entry("batch", "job"),
            Map.entry("conversation", "conv"),
            Map.entry("folder", "source"),
            Map.entry("shared_block", "block"),
            Map.entry("manager_agent", "agent"),
            Map.entry("created_by", "user"),
            Map.entry("trace", "w"),
            Map.entry("organization", "org"),
            Map.entry("memory", "passage"),
            Map.entry("sandbox_config", "sandbox"),
            Map.entry("environment_variable", "sandbox-env"),
            Map.entry("scheduled_message", "schedule"),
            Map.entry("api_key", "key"),
            Map.entry("token", "token"),
            Map.entry("agentId", "agent"));

    /** Ids that are mere labels: nothing is looked up by them. */
    private static final Set<String> LABELS = Set.of(
            "project_id", "template_id", "base_template_id", "deployment_id", "entity_id", "project_slug", "device_id");

    /** Bodies whose records do not say what must be in them. */
    private static final Map<String, String> BODIES = Map.ofEntries(
            Map.entry("SendMessages", "{'messages':[{'role':'user','content':'hi'}],'streaming':false}"),
            Map.entry(
                    "CreateBatch", "{'requests':[{'agent_id':'@agent','messages':[{'role':'user','content':'hi'}]}]}"),
            Map.entry("ChatRequest", "{'model':'@agent','messages':[{'role':'user','content':'hi'}]}"),
            Map.entry(
                    "CreateGroup",
                    "{'agent_ids':['@agent'],'description':'x','shared_block_ids':['@block'],"
                            + "'manager_config':{'manager_type':'supervisor','manager_agent_id':'@agent#2'}}"),
            Map.entry(
                    "ModifyGroup",
                    "{'agent_ids':['@agent'],'shared_block_ids':['@block'],"
                            + "'manager_config':{'manager_type':'round_robin'}}"),
            Map.entry("CreateTemplate", "{'type':'agent','agent_id':'@agent','name':'@new'}"),
            Map.entry(
                    "CreateAccessToken",
                    "{'hostname':'https://x.example','policy':[{'type':'agent','id':'@agent','access':['read_agent']}]}"),
            Map.entry("CreateApiKey", "{'name':'x','role':'agent','agent_ids':['@agent']}"),
            Map.entry(
                    "CreateSchedule",
                    "{'messages':[{'role':'user','content':'x'}],"
                            + "'schedule':{'type':'recurring','cron_expression':'0 0 1 1 *'}}"),
            Map.entry(
                    "CreateMcpServer",
                    "{'server_name':'@new','config':{'mcp_server_type':'streamable_http','server_url':'https://x.invalid'}}"),
            Map.entry("ModifyMcpServer", "{'config':{'mcp_server_type':'streamable_http'}}"),
            Map.entry(
                    "McpServerConfig",
                    "{'server_name':'@new','type':'streamable_http','server_url':'https://x.invalid'}"),
            Map.entry("CreateTool", "{'source_code':'def x(): return 1','json_schema':{'name':'x','parameters':{}}}"),
            Map.entry(
                    "CreateIdentity",
                    "{'identifier_key':'@new','name':'x','identity_type':'user','agent_ids':['@agent'],"
                            + "'block_ids':['@block']}"),
            Map.entry("UpdateTemplate", "{'agent_file_json':{'agents':[{'id':'agent-0','name':'x'}]}}"),
            Map.entry("ModifyUser", "{'id':'@user','name':'x','organization_id':'@org'}"),
            Map.entry("CreateProvider", "{'name':'@new','provider_type':'openai','api_key':'x'}"),
            Map.entry("RequireApproval", "{'requires_approval':true}"),
            Map.entry("MigrateDeployment", "{'version':'latest'}"),
            Map.entry("IdentityProperty", "[{'key':'a','value':'b','type':'string'}]"),
            Map.entry("CreatePassages", "{'passages':[{'text':'hi'}]}"));

    /** Agents, blocks and groups of a deployment must say which. */
    private static final String MARKS = "'template_id':'t','base_template_id':'b','deployment_id':'d','entity_id':'e'";

    /** The probe of a route. */
    static RouteProbe of(Route route) {
        StringBuilder path = new StringBuilder();
        for (Route.Segment segment : route.segments()) {
            path.append('/').append(segment.slot() ? slot(route, segment) : segment.text());
        }
        StringBuilder query = new StringBuilder();
        for (Param<?> param : route.params()) {
            String hole = hole(param.name());
            if (hole != null) {
                query.append(query.isEmpty() ? '?' : '&')
                        .append(param.name())
                        .append('=')
                        .append(hole);
            }
        }
        String body = route.body() == null ? null : body(route.body());
        if (body != null && route.pattern().startsWith("/v1/_internal_templates/")) {
            body = body.substring(0, body.length() - 1) + (body.length() > 2 ? "," : "") + MARKS + "}";
            body = route.pattern().endsWith("/batch") ? "[" + body + "]" : body;
        }
        String whole = path.toString() + query;
        Matcher found = HOLE.matcher(whole + " " + body);
        List<String> holes = new ArrayList<>();
        while (found.find()) {
            if (!found.group().equals("@new") && !holes.contains(found.group())) {
                holes.add(found.group());
            }
        }
        return new RouteProbe(route, whole, body, holes);
    }

    /** The request, holes filled. */
    RouteProbe filled(UnaryOperator<String> filling) {
        UnaryOperator<String> all =
                text -> HOLE.matcher(text).replaceAll(hole -> Matcher.quoteReplacement(filling.apply(hole.group())));
        return new RouteProbe(route, all.apply(path), body == null ? null : all.apply(body), List.of());
    }

    /** The kind of id, or the name, that belongs into a hole. */
    static String kind(String hole) {
        return hole.substring(1).replaceAll("#\\d+", "");
    }

    private static String slot(Route route, Route.Segment segment) {
        if (segment.idPrefix() != null) {
            return "@" + segment.idPrefix();
        }
        String name = segment.text();
        if (name.equals("id")) {
            // a machine goes by its own name, by its id here, by its connection
            return route.method().equals("GET")
                    ? "@w"
                    : route.method().equals("DELETE") ? "@environment" : "@connection";
        }
        String hole = LABELS.contains(name) ? null : hole(name);
        if (name.equals("deployment_id")) {
            return "@deployment";
        }
        if (name.equals("project_id")) {
            return "default";
        }
        return hole == null ? "@w" : hole;
    }

    /** What belongs into a field of that name; null when it names nothing. */
    private static @Nullable String hole(String name) {
        if (LABELS.contains(name)) {
            return null;
        }
        String bare = name.replaceAll("_ids?$", "");
        if (KINDS.containsKey(bare)) {
            return "@" + KINDS.get(bare);
        }
        if (bare.equals(name)) {
            return null;
        }
        for (IdKind kind : IdKind.values()) {
            if (kind.prefix().equals(bare)) {
                return "@" + bare;
            }
        }
        throw new AssertionError("What does " + name + " name? Say it in RouteProbe.KINDS or LABELS.");
    }

    private static String body(Class<?> type) {
        String known = BODIES.get(type.getSimpleName());
        return known != null ? known : Json.write(object(type)).replace('"', '\'');
    }

    private static ObjectNode object(Class<?> type) {
        ObjectNode out = Json.object();
        for (RecordComponent component : type.getRecordComponents()) {
            String name = Binder.name(component);
            boolean ids = name.endsWith("_id") || name.endsWith("_ids");
            String hole = ids ? hole(name) : null;
            if (hole != null) {
                if (List.class.isAssignableFrom(component.getType())) {
                    out.putArray(name).add(hole);
                } else {
                    out.put(name, hole);
                }
            } else if (!Binder.nullable(component) || name.equals("query")) {
                out.set(name, value(component.getGenericType()));
            }
        }
        return out;
    }

    private static JsonNode value(Type type) {
        if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            ArrayNode out = Json.MAPPER.createArrayNode();
            return out.add(value(list.getActualTypeArguments()[0]));
        }
        if (type instanceof Class<?> plain && plain.isRecord()) {
            return object(plain);
        }
        if (type == String.class) {
            return Json.MAPPER.getNodeFactory().textNode("x");
        }
        return type == Boolean.class || type == boolean.class
                ? Json.MAPPER.getNodeFactory().booleanNode(true)
                : Json.object();
    }
}
