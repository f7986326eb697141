package dev.mneme.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.util.List;

/** The route table as an OpenAPI 3.1 document. Pure. */
public final class OpenApi {
    private OpenApi() {}

    /** Every route of a server with these rooms; used by the server itself and by the generator of docs/gen. */
    static ObjectNode of(List<Route> routes, String version) {
        ObjectNode document = Json.object().put("openapi", "3.1.0");
        document.putObject("info")
                .put("title", "Mneme")
                .put("version", version)
                .put(
                        "description",
                        "A server for agents that remember, wire-compatible with Letta " + Routes.CONTRACT + ".");
        Schemas schemas = new Schemas();
        ObjectNode paths = document.putObject("paths");
        for (Route route : routes) {
            if (!route.hidden()) {
                ObjectNode path = paths.withObjectProperty(plain(route));
                path.set(route.method().toLowerCase(java.util.Locale.ROOT), operation(route, schemas));
            }
        }
        ObjectNode components = document.putObject("components");
        components.set("schemas", schemas.all());
        components.putObject("responses").set("Refusal", refusal());
        components
                .putObject("securitySchemes")
                .putObject("password")
                .put("type", "http")
                .put("scheme", "bearer");
        return document;
    }

    /** The pattern as OpenAPI writes it: slots by name only. */
    static String plain(Route route) {
        return route.pattern().replaceAll("\\{(\\w+)(:\\w+)?\\*?}", "{$1}");
    }

    private static ObjectNode operation(Route route, Schemas schemas) {
        ObjectNode operation = Json.object();
        operation.putArray("tags").add(route.room());
        operation.put("summary", route.summary()).put("operationId", operationId(route));
        var parameters = operation.putArray("parameters");
        for (Route.Segment segment : route.segments()) {
            if (segment.slot()) {
                ObjectNode parameter = parameters.addObject();
                parameter.put("name", segment.text()).put("in", "path").put("required", true);
                parameter.putObject("schema").put("type", "string");
            }
        }
        for (Param<?> param : route.params()) {
            ObjectNode parameter = parameters.addObject();
            parameter.put("name", param.name()).put("in", "query").put("description", param.about());
            if (param.repeated()) {
                parameter.putObject("schema").put("type", "array").set("items", param.schema());
            } else {
                parameter.set("schema", param.schema());
            }
        }
        Class<?> body = route.body();
        if (body != null) {
            ObjectNode request = operation.putObject("requestBody").put("required", !route.bodyOptional());
            request.putObject("content").putObject("application/json").set("schema", schemas.of(body));
        }
        if (route.form()) {
            ObjectNode form = operation
                    .putObject("requestBody")
                    .put("required", true)
                    .putObject("content")
                    .putObject("multipart/form-data")
                    .putObject("schema")
                    .put("type", "object");
            form.putObject("properties").putObject("file").put("type", "string").put("format", "binary");
            form.putArray("required").add("file");
        }
        ObjectNode responses = operation.putObject("responses");
        ObjectNode ok = responses.putObject("200").put("description", "Success");
        for (String refused : List.of("4XX", "5XX")) {
            responses.putObject(refused).put("$ref", "#/components/responses/Refusal");
        }
        Class<?> gives = route.gives();
        if (gives != null) {
            ObjectNode content = ok.putObject("content").putObject("application/json");
            if (route.list()) {
                content.putObject("schema").put("type", "array").set("items", schemas.given(gives));
            } else {
                content.set("schema", schemas.given(gives));
            }
        }
        return operation;
    }

    /** The shapes of {@link Refusals} and {@link Invalid}. */
    private static ObjectNode refusal() {
        ObjectNode refusal = Json.object().put("description", "Refused; docs/gen/problems.md lists the reasons");
        ArrayNode shapes = refusal.putObject("content")
                .putObject("application/json")
                .putObject("schema")
                .putArray("anyOf");
        ObjectNode text = Json.object().put("type", "string");
        ObjectNode detail = shape(shapes.addObject(), "detail");
        detail.putObject("detail").put("type", "string").put("minLength", 1);
        detail.putObject("hint").put("type", "string");
        detail.putObject("request_id").put("type", "string");
        ObjectNode error = detail.putObject("errors")
                .put("type", "array")
                .putObject("items")
                .put("type", "object");
        ObjectNode fault = shape(error, "type", "loc", "msg");
        fault.set("type", text);
        fault.putObject("loc").put("type", "array");
        fault.set("msg", text);
        ObjectNode coded =
                shape(shape(shapes.addObject(), "detail").putObject("detail").put("type", "object"), "code", "message");
        coded.set("code", text);
        coded.set("message", text);
        ObjectNode provider = shape(
                shape(shapes.addObject(), "error").putObject("error").put("type", "object"),
                "type",
                "message",
                "detail");
        List.of("type", "message", "detail").forEach(name -> provider.set(name, text));
        return refusal;
    }

    /** Makes these keys required; the object for the schemas of the keys. */
    private static ObjectNode shape(ObjectNode schema, String... required) {
        ArrayNode names = schema.put("type", "object").putArray("required");
        List.of(required).forEach(names::add);
        return schema.putObject("properties");
    }

    private static String operationId(Route route) {
        return (route.method() + plain(route))
                .toLowerCase(java.util.Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "_")
                .replaceAll("_$", "");
    }
}
