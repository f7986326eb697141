import { Badge, Button, Card, Group, PasswordInput, Select, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { api } from "../api";
import { Trouble } from "../App";
import { SignIn } from "./SignIn";

type Kind = "streamable_http" | "sse";

/** Whether a refusal may be for want of a sign-in: the server wants to know who asks, and was told nothing. */
const wantsSignIn = (trouble: string | null | undefined, sent: string[]) => /\b401\b/.test(trouble ?? "") && !sent.some((name) => name.toLowerCase() === "authorization");

/** What goes along with each call, masked, and why the server was not reached when it was last tried. */
interface Shown {
  auth_header?: string | null;
  custom_headers?: Record<string, string> | null;
  connection_error?: string | null;
}

/** Headers as people write them, one a line, "Name: value"; null when a line is none. */
function headersOf(text: string): Record<string, string> | null {
  const out: Record<string, string> = {};
  for (const line of text.split("\n").filter((each) => each.trim())) {
    const at = line.indexOf(":");
    if (at < 1 || !line.slice(at + 1).trim()) return null;
    out[line.slice(0, at).trim()] = line.slice(at + 1).trim();
  }
  return out;
}

/** The servers that bring tools of other programs, and the form that adds one. */
export function McpServers() {
  const queries = useQueryClient();
  const servers = useQuery({ queryKey: ["mcp"], queryFn: () => api.mcpServers.list() });
  const again = () => queries.invalidateQueries({ queryKey: ["mcp"] }).then(() => queries.invalidateQueries({ queryKey: ["tools"] }));
  const refresh = useMutation({ mutationFn: (id: string) => api.mcpServers.refresh(id), onSuccess: again });
  const drop = useMutation({ mutationFn: (id: string) => api.mcpServers.delete(id), onSuccess: again });
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        MCP servers
      </Title>
      {servers.error && <Trouble error={servers.error} again={() => servers.refetch()} />}
      {servers.data?.length === 0 && <Text size="sm">None yet. An MCP server brings tools of other programs.</Text>}
      {servers.data?.map((server) => {
        const { auth_header: header, custom_headers: headers, connection_error: trouble } = server as Shown;
        const sent = [...(header ? [header] : []), ...Object.keys(headers ?? {})];
        return (
          <Card key={server.id} withBorder p="xs">
            <Group justify="space-between">
              <div>
                <Text>
                  {server.server_name} <Badge variant="default">{server.mcp_server_type}</Badge>
                </Text>
                {trouble && (
                  <Text size="sm" role="alert">
                    ✗ {trouble}
                  </Text>
                )}
                {sent.length > 0 && <Text size="sm">Sends {sent.join(", ")}.</Text>}
                {wantsSignIn(trouble, sent) && <SignIn id={server.id ?? ""} name={server.server_name} done={() => refresh.mutate(server.id ?? "")} />}
              </div>
              <Group gap="xs">
                <Button size="xs" variant="default" onClick={() => refresh.mutate(server.id ?? "")} aria-label={`Fetch the tools of ${server.server_name}`}>
                  Fetch its tools
                </Button>
                <Button size="xs" variant="subtle" color="red" onClick={() => drop.mutate(server.id ?? "")} aria-label={`Remove ${server.server_name}`}>
                  Remove
                </Button>
              </Group>
            </Group>
          </Card>
        );
      })}
      {(refresh.error || drop.error) && <Trouble error={refresh.error ?? drop.error} />}
      <NewServer made={again} />
    </Stack>
  );
}

function NewServer({ made }: { made: () => Promise<void> }) {
  const [name, setName] = useState("");
  const [url, setUrl] = useState("");
  const [kind, setKind] = useState<Kind>("streamable_http");
  const [token, setToken] = useState("");
  const [header, setHeader] = useState("Authorization");
  const [lines, setLines] = useState("");
  const headers = headersOf(lines);
  const several = headers !== null && Object.keys(headers).length > 0;
  const make = useMutation({
    mutationFn: () =>
      api.mcpServers.create({
        server_name: name,
        config: { mcp_server_type: kind, server_url: url, ...(token ? { auth_header: header, auth_token: token } : {}), ...(several ? { custom_headers: headers } : {}) },
      }),
    onSuccess: () => {
      setName("");
      setUrl("");
      setToken("");
      setLines("");
      return made();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <form onSubmit={submit} aria-label="Add an MCP server">
      <Stack gap="xs">
        <Group align="flex-end">
          <TextInput label="Name" value={name} onChange={(e) => setName(e.currentTarget.value)} />
          <Select label="Transport" data={["streamable_http", "sse"]} value={kind} onChange={(value) => setKind(value as Kind)} allowDeselect={false} />
          <TextInput label="Address" placeholder="https://…/mcp" value={url} onChange={(e) => setUrl(e.currentTarget.value)} miw={240} />
        </Group>
        <details>
          <summary>Token and headers</summary>
          <Stack gap="xs" mt="xs" maw={560}>
            <Group align="flex-end" grow>
              <PasswordInput label="Token" value={token} onChange={(e) => setToken(e.currentTarget.value)} autoComplete="off" disabled={several} />
              <TextInput label="Header of the token" value={header} onChange={(e) => setHeader(e.currentTarget.value)} disabled={several} />
            </Group>
            <Textarea
              label="Headers"
              description={"One a line, Name: value. They are sent instead of the token. {{ NAME }} stands for a variable of the agent's environment."}
              autosize
              minRows={2}
              value={lines}
              onChange={(e) => setLines(e.currentTarget.value)}
              error={headers === null ? "Each line has a name, a colon and a value." : undefined}
              spellCheck={false}
            />
          </Stack>
        </details>
        {make.error && <Trouble error={make.error} />}
        <Group>
          <Button type="submit" variant="default" disabled={!name || !url || headers === null} loading={make.isPending}>
            Add
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
