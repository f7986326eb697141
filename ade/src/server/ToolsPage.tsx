import { Badge, Button, Card, Group, Modal, Select, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api";
import { Loading, Trouble } from "../App";
import { useUndo } from "../undo";

const EXAMPLE = `def roll_dice(sides: int) -> str:
    """Roll a die.

    Args:
        sides: How many sides the die has.
    """
    import random

    return f"You rolled a {random.randint(1, sides)}"
`;

/** Every tool of the server, an editor for those that people write, and the servers that bring more. */
export default function ToolsPage() {
  const [text, setText] = useState("");
  const [search] = useDebouncedValue(text, 200);
  const [editing, setEditing] = useState<{ id?: string; source: string } | null>(null);
  const { later, hidden } = useUndo();
  const queries = useQueryClient();
  const tools = useQuery({ queryKey: ["tools", search], queryFn: async () => (await api.tools.list({ limit: 500, search: search || undefined })).items, placeholderData: (before) => before });
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          Tools
        </Title>
        <Button onClick={() => setEditing({ source: EXAMPLE })}>Write a tool</Button>
      </Group>
      <TextInput label="Search" value={text} onChange={(e) => setText(e.currentTarget.value)} maw={320} />
      {tools.error && <Trouble error={tools.error} again={() => tools.refetch()} />}
      {tools.isPending && <Loading what="Loading tools" />}
      {tools.data?.length === 0 && <Text>No tool has that in its name.</Text>}
      {tools.data
        ?.filter((tool) => !hidden.has(tool.id))
        .map((tool) => (
          <Card key={tool.id} withBorder p="sm">
            <Group justify="space-between">
              <Group gap="xs">
                <Text fw={600}>{tool.name}</Text>
                <Badge variant="default">{tool.tool_type}</Badge>
              </Group>
              {tool.tool_type === "custom" && (
                <Group gap="xs">
                  <Button size="xs" variant="default" onClick={() => setEditing({ id: tool.id, source: tool.source_code ?? "" })}>
                    Edit
                  </Button>
                  <Button
                    size="xs"
                    variant="subtle"
                    color="red"
                    onClick={() => later({ id: tool.id, label: `${tool.name} is being deleted.`, run: () => api.tools.delete(tool.id).then(() => queries.invalidateQueries({ queryKey: ["tools"] })) })}
                  >
                    Delete
                  </Button>
                </Group>
              )}
            </Group>
            <Text size="sm" lineClamp={3}>
              {tool.description}
            </Text>
          </Card>
        ))}
      {editing && <Editor start={editing.source} close={() => setEditing(null)} />}
      <Servers />
    </Stack>
  );
}

/** Source on top, the schema that the server reads from it below; saving replaces the tool of the same name. */
function Editor({ start, close }: { start: string; close: () => void }) {
  const [source, setSource] = useState(start);
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: () => api.tools.upsert({ source_code: source, source_type: "python" }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["tools"] }),
  });
  return (
    <Modal opened onClose={close} title="A tool in Python" size="xl">
      <Stack>
        <Textarea
          label="Source"
          description="One function with types and a description of each argument. Imports stand inside it."
          autosize
          minRows={10}
          maxRows={24}
          value={source}
          onChange={(e) => setSource(e.currentTarget.value)}
          spellCheck={false}
          styles={{ input: { fontFamily: "ui-monospace, monospace", fontSize: 13 } }}
          data-autofocus
        />
        {save.error && <Trouble error={save.error} />}
        <Group>
          <Button onClick={() => save.mutate()} loading={save.isPending}>
            Save
          </Button>
          {save.data && (
            <Text size="sm" role="status">
              {save.data.name} is saved.
            </Text>
          )}
        </Group>
        {save.data && (
          <Text className="mono" aria-label="Schema">
            {JSON.stringify(save.data.json_schema, null, 1)}
          </Text>
        )}
      </Stack>
    </Modal>
  );
}

type Kind = "streamable_http" | "sse";

function Servers() {
  const queries = useQueryClient();
  const servers = useQuery({ queryKey: ["mcp"], queryFn: () => api.mcpServers.list() });
  const [name, setName] = useState("");
  const [url, setUrl] = useState("");
  const [kind, setKind] = useState<Kind>("streamable_http");
  const again = () => queries.invalidateQueries({ queryKey: ["mcp"] }).then(() => queries.invalidateQueries({ queryKey: ["tools"] }));
  const make = useMutation({
    mutationFn: () => api.mcpServers.create({ server_name: name, config: { mcp_server_type: kind, server_url: url } }),
    onSuccess: () => {
      setName("");
      setUrl("");
      return again();
    },
  });
  const refresh = useMutation({ mutationFn: (id: string) => api.mcpServers.refresh(id), onSuccess: again });
  const drop = useMutation({ mutationFn: (id: string) => api.mcpServers.delete(id), onSuccess: again });
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        MCP servers
      </Title>
      {servers.error && <Trouble error={servers.error} again={() => servers.refetch()} />}
      {servers.data?.length === 0 && <Text size="sm">None yet. An MCP server brings tools of other programs.</Text>}
      {servers.data?.map((server) => (
        <Card key={server.id} withBorder p="xs">
          <Group justify="space-between">
            <Text>
              {server.server_name} <Badge variant="default">{server.mcp_server_type}</Badge>
            </Text>
            <Group gap="xs">
              <Button size="xs" variant="default" onClick={() => refresh.mutate(server.id ?? "")}>
                Fetch its tools
              </Button>
              <Button size="xs" variant="subtle" color="red" onClick={() => drop.mutate(server.id ?? "")}>
                Remove
              </Button>
            </Group>
          </Group>
        </Card>
      ))}
      <Group align="flex-end">
        <TextInput label="Name" value={name} onChange={(e) => setName(e.currentTarget.value)} />
        <Select label="Transport" data={["streamable_http", "sse"]} value={kind} onChange={(value) => setKind(value as Kind)} allowDeselect={false} />
        <TextInput label="Address" placeholder="https://…/mcp" value={url} onChange={(e) => setUrl(e.currentTarget.value)} miw={240} />
        <Button variant="default" onClick={() => make.mutate()} disabled={!name || !url} loading={make.isPending}>
          Add
        </Button>
      </Group>
      {(make.error || refresh.error || drop.error) && <Trouble error={make.error ?? refresh.error ?? drop.error} />}
    </Stack>
  );
}
