// An MCP server that wants people to sign in, and the authorization server beside it, on a free port.
import http from "node:http";
import crypto from "node:crypto";

/** offers: the name of its one tool. Its page to agree on is /authorize; agreed: how often somebody did. */
export async function signedServer(offers) {
  const state = { url: "", agreed: 0, close: () => server.close() };
  const codes = new Map();
  const tokens = new Set();
  const json = (res, status, body, headers = {}) => {
    res.writeHead(status, { "content-type": "application/json", ...headers });
    res.end(JSON.stringify(body));
  };
  const tool = { name: offers, description: "Tells the tide.", inputSchema: { type: "object", properties: {} } };
  const rpc = (method) => {
    if (method === "initialize") return { protocolVersion: "2025-06-18", capabilities: { tools: {} }, serverInfo: { name: "tides", version: "1" } };
    return method === "tools/list" ? { tools: [tool] } : {};
  };
  const routes = {
    "/.well-known/oauth-protected-resource": (_, res) => json(res, 200, { resource: `${state.url}/mcp`, authorization_servers: [state.url] }),
    "/.well-known/oauth-authorization-server": (_, res) =>
      json(res, 200, {
        issuer: state.url,
        authorization_endpoint: `${state.url}/authorize`,
        token_endpoint: `${state.url}/token`,
        registration_endpoint: `${state.url}/register`,
        code_challenge_methods_supported: ["S256"],
      }),
    "/register": (_, res) => json(res, 201, { client_id: "mneme" }),
    "/authorize": (url, res) => {
      const code = crypto.randomUUID();
      codes.set(code, url.searchParams.get("code_challenge"));
      const back = new URL(url.searchParams.get("redirect_uri"));
      back.search = new URLSearchParams({ code, state: url.searchParams.get("state") }).toString();
      res.writeHead(200, { "content-type": "text/html" });
      res.end(`<title>Tides</title><a href="${back.href.replaceAll("&", "&amp;")}">Agree</a>`);
    },
    "/token": (_, res, body) => {
      const form = new URLSearchParams(body);
      const hash = crypto.createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url");
      if (codes.get(form.get("code")) !== hash) return json(res, 400, { error: "invalid_grant" });
      const token = crypto.randomUUID();
      tokens.add(token);
      state.agreed++;
      return json(res, 200, { access_token: token, token_type: "Bearer", expires_in: 3600 });
    },
    "/mcp": (_, res, body, req) => {
      if (!tokens.has(req.headers.authorization?.replace(/^Bearer /, ""))) {
        return json(res, 401, {}, { "www-authenticate": `Bearer resource_metadata="${state.url}/.well-known/oauth-protected-resource"` });
      }
      if (req.method !== "POST") return json(res, 405, {});
      const asked = JSON.parse(body);
      return asked.id === undefined ? json(res, 202, {}) : json(res, 200, { jsonrpc: "2.0", id: asked.id, result: rpc(asked.method) });
    },
  };
  const server = http.createServer(async (req, res) => {
    const url = new URL(req.url, state.url);
    let body = "";
    for await (const piece of req) body += piece;
    const route = routes[url.pathname];
    if (route) route(url, res, body, req);
    else json(res, 404, {});
  });
  await new Promise((then) => server.listen(0, "127.0.0.1", then));
  state.url = `http://127.0.0.1:${server.address().port}`;
  return state;
}
