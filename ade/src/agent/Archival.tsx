import { Badge, Button, Card, Group, Stack, TagsInput, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api";
import { Trouble } from "../App";
import { time } from "../format";

interface Shown {
  id: string;
  text: string;
  tags: string[];
  date: string;
  score?: number;
}

/** Long-term memory: newest first, or what a search finds, best first. */
export default function Archival({ agentId }: { agentId: string }) {
  const [query, setQuery] = useState("");
  const [text, setText] = useState("");
  const [tags, setTags] = useState<string[]>([]);
  const queries = useQueryClient();
  const found = useQuery({
    queryKey: ["archival", agentId, query],
    queryFn: async (): Promise<Shown[]> =>
      query
        ? (await api.agents.passages.search(agentId, { query, top_k: 30 })).results.map((each) => ({ id: each.id, text: each.content, tags: each.tags ?? [], date: each.timestamp, score: (each as { relevance?: { rrf_score?: number } }).relevance?.rrf_score }))
        : (await api.agents.passages.list(agentId, { limit: 30, ascending: false })).map((each) => ({ id: each.id ?? "", text: each.text, tags: each.tags ?? [], date: each.created_at ?? "" })),
    placeholderData: (before) => before,
  });
  const again = () => queries.invalidateQueries({ queryKey: ["archival", agentId] });
  const store = useMutation({
    mutationFn: () => api.agents.passages.create(agentId, { text, tags }),
    onSuccess: () => {
      setText("");
      setTags([]);
      again();
    },
  });
  const forget = useMutation({ mutationFn: (id: string) => api.agents.passages.delete(id, { agent_id: agentId }), onSuccess: again });
  return (
    <Stack gap="xs">
      <Title order={2} size="h5">
        Archival memory
      </Title>
      <TextInput label="Search by words and meaning" value={query} onChange={(e) => setQuery(e.currentTarget.value)} />
      {found.error && <Trouble error={found.error} again={() => found.refetch()} />}
      {found.data?.length === 0 && <Text size="sm">{query ? "Nothing fits." : "Nothing is stored yet. The agent stores what is worth keeping, and you can below."}</Text>}
      {found.data?.map((passage) => (
        <Card key={passage.id} withBorder p="xs">
          <Group justify="space-between" wrap="nowrap" align="flex-start">
            <div>
              <Text className="text">{passage.text}</Text>
              <Text size="xs">
                {passage.date.includes("T") ? time(passage.date) : passage.date}
                {passage.score !== undefined && ` · score ${passage.score.toFixed(3)}`}
              </Text>
              <Group gap={4}>
                {passage.tags.map((tag) => (
                  <Badge key={tag} size="sm" variant="default">
                    {tag}
                  </Badge>
                ))}
              </Group>
            </div>
            <Button size="compact-xs" variant="subtle" color="red" onClick={() => forget.mutate(passage.id)} aria-label={`Delete: ${passage.text.slice(0, 40)}`}>
              Delete
            </Button>
          </Group>
        </Card>
      ))}
      <Textarea label="Store something" autosize minRows={2} value={text} onChange={(e) => setText(e.currentTarget.value)} />
      <TagsInput label="Tags" value={tags} onChange={setTags} />
      {(store.error || forget.error) && <Trouble error={store.error ?? forget.error} />}
      <Group>
        <Button size="xs" onClick={() => store.mutate()} disabled={!text.trim()} loading={store.isPending}>
          Store
        </Button>
      </Group>
    </Stack>
  );
}
