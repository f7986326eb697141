import Letta from "@letta-ai/letta-client";

/** Where the page lies, with a slash at the end: /ade/, or behind a proxy /some/prefix/ade/. */
export const PAGE = new URL(document.baseURI).pathname;

/** Where the server lies: one step above the page. */
const SERVER = new URL("..", document.baseURI).href.replace(/\/$/, "");

/** The official client for every call. Who we are is said by a cookie that the page cannot read. */
export const api = new Letta({
  baseURL: SERVER,
  apiKey: null,
  maxRetries: 1,
  timeout: 30 * 60_000,
  // With its class beside it, or an upload asks for "data:," to find it out, which our policy refuses.
  fetch: Object.assign((...request: Parameters<typeof fetch>) => fetch(...request), { Response }),
});

/** What the server said, in its own words. */
export function words(error: unknown): string {
  if (error instanceof Letta.APIConnectionError) return "The server does not answer. It may be starting; this page tries again.";
  if (error instanceof Letta.APIError) {
    const body = error.error as { detail?: unknown; hint?: string } | undefined;
    const detail = body?.detail;
    const text = typeof detail === "string" ? detail : detail ? JSON.stringify(detail) : error.message;
    return body?.hint ? `${text} ${body.hint}` : text;
  }
  return error instanceof Error ? error.message : String(error);
}

export const unauthorized = (error: unknown) => error instanceof Letta.APIError && error.status === 401;

/** Opens a session with the server's password or an API key; it lives in a cookie that scripts cannot read. */
export async function login(secret: string): Promise<void> {
  await api.post("/ade/session", { body: { secret } });
}

export async function logout(): Promise<void> {
  // Decisions that were begun hold arguments of calls.
  sessionStorage.clear();
  await api.delete("/ade/session");
}

/** An agent with everything that its page shows. */
export const agentQuery = (id: string) => ({
  queryKey: ["agent", id],
  queryFn: () => api.agents.retrieve(id, { include: ["agent.blocks", "agent.tools", "agent.tags", "agent.secrets"] }),
});

export type Json = Record<string, unknown>;

/** What fills the context window (GET /v1/agents/{id}/context). */
export interface ContextParts {
  context_window_size_max: number;
  context_window_size_current: number;
  num_messages: number;
  num_archival_memory: number;
  num_recall_memory: number;
  num_tokens_system: number;
  system_prompt: string;
  num_tokens_core_memory: number;
  core_memory: string;
  num_tokens_external_memory_summary: number;
  external_memory_summary: string;
  num_tokens_memory_filesystem: number;
  memory_filesystem: string | null;
  num_tokens_tool_usage_rules: number;
  tool_usage_rules: string | null;
  num_tokens_directories: number;
  directories: string | null;
  num_tokens_summary_memory: number;
  summary_memory: string | null;
  num_tokens_functions_definitions: number;
  functions_definitions: Json[];
  num_tokens_messages: number;
  messages: Json[];
}

export const contextOf = (agentId: string) => api.get(`/v1/agents/${agentId}/context`) as Promise<ContextParts>;
