import { Badge, Button, Card, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { api } from "../api";
import { Loading, Trouble } from "../App";
import { useUndo } from "../undo";
import { Environment } from "./Environment";
import { McpServers } from "./McpServers";

const ToolEditor = lazy(() => import("./ToolEditor"));

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
      {editing && (
        <Suspense fallback={<Loading what="Loading the editor" />}>
          <ToolEditor start={editing.source} close={() => setEditing(null)} />
        </Suspense>
      )}
      <McpServers />
      <Environment />
    </Stack>
  );
}
