import { Anchor, Button, Group, Select, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "wouter";
import { api } from "../api";
import { Trouble } from "../App";

/** The folders whose files the agent sees. */
export default function AgentFolders({ agentId }: { agentId: string }) {
  const queries = useQueryClient();
  const all = useQuery({ queryKey: ["folders"], queryFn: async () => (await api.folders.list()).items });
  const mine = useQuery({ queryKey: ["agent-folders", agentId], queryFn: async () => (await api.agents.folders.list(agentId, { limit: 100 })).items });
  const changed = () => queries.invalidateQueries({ queryKey: ["agent-folders", agentId] }).then(() => queries.invalidateQueries({ queryKey: ["context", agentId] }));
  const attach = useMutation({ mutationFn: (folder: string) => api.agents.folders.attach(folder, { agent_id: agentId }), onSuccess: changed });
  const detach = useMutation({ mutationFn: (folder: string) => api.agents.folders.detach(folder, { agent_id: agentId }), onSuccess: changed });
  const attached = new Set(mine.data?.map((folder) => folder.id));
  const error = all.error ?? mine.error ?? attach.error ?? detach.error;
  return (
    <Stack gap="xs" role="group" aria-label="Folders">
      <Title order={2} size="h5">
        Folders
      </Title>
      {error && <Trouble error={error} />}
      {mine.data?.length === 0 && (
        <Text size="sm">
          None. A <Link href="/folders">folder</Link> holds documents that the agent can open and search.
        </Text>
      )}
      {mine.data?.map((folder) => (
        <Group key={folder.id} gap="xs">
          <Anchor component={Link} href="/folders" size="sm">
            {folder.name}
          </Anchor>
          <Button size="compact-xs" variant="subtle" onClick={() => detach.mutate(folder.id ?? "")} aria-label={`Detach the folder ${folder.name}`}>
            Detach
          </Button>
        </Group>
      ))}
      <Select
        label="Attach a folder"
        searchable
        value={null}
        data={(all.data ?? []).filter((folder) => !attached.has(folder.id)).map((folder) => ({ value: folder.id, label: folder.name }))}
        onChange={(id) => id && attach.mutate(id)}
        maw={320}
      />
    </Stack>
  );
}
