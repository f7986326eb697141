import { Badge, Button, Card, FileButton, Group, Menu, MultiSelect, Paper, Select, SimpleGrid, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type DragEvent } from "react";
import { Link, useLocation } from "wouter";
import { NewAgent } from "./NewAgent";
import { Loading, Trouble } from "./App";
import { api } from "./api";
import { when } from "./format";
import { useUndo } from "./undo";

type Sort = "newest" | "oldest" | "active";

/** One page of agents; more by the button. */
const PAGE_SIZE = 50;

export default function AgentsPage() {
  const [text, setText] = useState("");
  const [query] = useDebouncedValue(text, 200);
  const [tags, setTags] = useState<string[]>([]);
  const [sort, setSort] = useState<Sort>("newest");
  const [shown, setShown] = useState(PAGE_SIZE);
  const [making, setMaking] = useState(false);
  const { hidden } = useUndo();
  const known = useQuery({ queryKey: ["tags"], queryFn: () => api.tags.list() });
  const agents = useQuery({
    queryKey: ["agents", query, tags, sort, shown],
    queryFn: async () =>
      (
        await api.agents.list({
          limit: shown,
          query_text: query || undefined,
          tags: tags.length ? tags : undefined,
          match_all_tags: true,
          order: sort === "oldest" ? "asc" : "desc",
          order_by: sort === "active" ? "last_run_completion" : "created_at",
        })
      ).items,
    placeholderData: (before) => before,
  });
  const list = agents.data?.filter((agent) => !hidden.has(agent.id)) ?? [];
  const first = agents.data && agents.data.length === 0 && !query && tags.length === 0;
  return (
    <Drop>
      <Stack>
        <Group justify="space-between">
          <Title order={1} size="h2">
            Agents
          </Title>
          <Group>
            <Import />
            <Button onClick={() => setMaking(true)}>New agent</Button>
          </Group>
        </Group>
        {first ? (
          <Card withBorder maw={560}>
            <Title order={2} size="h4">
              Your first agent
            </Title>
            <Text mb="md">An agent remembers: it keeps what matters about you in its memory and edits that itself while you talk.</Text>
            <NewAgent inline close={() => {}} />
          </Card>
        ) : (
          <Group align="flex-end">
            <TextInput label="Search" placeholder="Part of a name" value={text} onChange={(e) => setText(e.currentTarget.value)} />
            <MultiSelect label="Tags" data={known.data ?? []} value={tags} onChange={setTags} miw={140} />
            <Select
              label="Order"
              allowDeselect={false}
              data={[
                { value: "newest", label: "Newest first" },
                { value: "oldest", label: "Oldest first" },
                { value: "active", label: "Last active first" },
              ]}
              value={sort}
              onChange={(value) => setSort(value as Sort)}
            />
          </Group>
        )}
        {agents.error && <Trouble error={agents.error} again={() => agents.refetch()} />}
        {agents.isPending && <Loading what="Loading agents" />}
        {agents.data && !first && list.length === 0 && <Text>No agent fits. Change the search, or make a new one.</Text>}
        <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }}>
          {list.map((agent) => (
            <AgentCard key={agent.id} id={agent.id} name={agent.name} model={agent.model ?? agent.llm_config?.handle ?? ""} tags={agent.tags} last={agent.last_run_completion ?? null} description={agent.description ?? ""} />
          ))}
        </SimpleGrid>
        {agents.data?.length === shown && (
          <Button variant="default" onClick={() => setShown(shown + PAGE_SIZE)}>
            More
          </Button>
        )}
        {making && <NewAgent close={() => setMaking(false)} />}
      </Stack>
    </Drop>
  );
}

interface CardProps {
  id: string;
  name: string;
  model: string;
  tags: string[];
  last: string | null;
  description: string;
}

function AgentCard({ id, name, model, tags, last, description }: CardProps) {
  const { later } = useUndo();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const copy = useMutation({
    mutationFn: async () => {
      const file = await exported(id);
      return api.agents.importFile({ file: new File([file], `${name}.af`), name: `${name} (copy)`, append_copy_suffix: false });
    },
    onSuccess: (made) => {
      queries.invalidateQueries({ queryKey: ["agents"] });
      if (made.agent_ids[0]) go(`/agents/${made.agent_ids[0]}`);
    },
  });
  return (
    <Card withBorder>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Text component={Link} href={`/agents/${id}`} fw={600} style={{ overflowWrap: "anywhere" }}>
          {name}
        </Text>
        <Menu>
          <Menu.Target>
            <Button size="compact-sm" variant="subtle" aria-label={`What to do with ${name}`}>
              ⋯
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => download(id, name)}>Export</Menu.Item>
            <Menu.Item onClick={() => copy.mutate()}>Copy</Menu.Item>
            <Menu.Item
              color="red"
              onClick={() =>
                later({ id, label: `${name} is being deleted.`, run: () => api.agents.delete(id).then(() => queries.invalidateQueries({ queryKey: ["agents"] })) })
              }
            >
              Delete
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      {description && (
        <Text size="sm" lineClamp={2}>
          {description}
        </Text>
      )}
      <Text size="sm">
        {model}
        {last ? ` · active ${when(last)}` : " · not used yet"}
      </Text>
      <Group gap={4} mt={4}>
        {tags.map((tag) => (
          <Badge key={tag} variant="default">
            {tag}
          </Badge>
        ))}
      </Group>
      {copy.error && <Trouble error={copy.error} />}
    </Card>
  );
}

async function exported(id: string): Promise<string> {
  const file: unknown = await api.agents.exportFile(id);
  return typeof file === "string" ? file : JSON.stringify(file);
}

async function download(id: string, name: string) {
  const url = URL.createObjectURL(new Blob([await exported(id)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${name}.af`;
  link.click();
  URL.revokeObjectURL(url);
}

function useImport() {
  const queries = useQueryClient();
  const [, go] = useLocation();
  return useMutation({
    mutationFn: (file: File) => api.agents.importFile({ file, append_copy_suffix: false }),
    onSuccess: (made) => {
      queries.invalidateQueries({ queryKey: ["agents"] });
      if (made.agent_ids[0]) go(`/agents/${made.agent_ids[0]}`);
    },
  });
}

function Import() {
  const load = useImport();
  return (
    <>
      <FileButton accept=".af,.json,application/json" onChange={(file) => file && load.mutate(file)}>
        {(props) => (
          <Button variant="default" loading={load.isPending} {...props}>
            From a file
          </Button>
        )}
      </FileButton>
      {load.error && <Trouble error={load.error} />}
    </>
  );
}

/** An agent file dropped anywhere on the list becomes an agent. */
function Drop({ children }: { children: React.ReactNode }) {
  const load = useImport();
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) load.mutate(file);
  };
  return (
    <Paper
      bg={over ? "teal.0" : undefined}
      onDragOver={(e) => {
        e.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {load.error && <Trouble error={load.error} />}
      {children}
    </Paper>
  );
}
