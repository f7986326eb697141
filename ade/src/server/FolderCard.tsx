import { Anchor, Badge, Button, Card, FileButton, Group, Progress, Select, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { api } from "../api";
import { Trouble } from "../App";
import { useUndo } from "../undo";
import { telling } from "../upload";

/** Between two looks at files that are being read, ms. */
const LIVE = 1_000;

/** Most agents that are offered or named. */
const AGENTS = 200;

const reading = (status: string | undefined) => !["completed", "error"].includes(status ?? "completed");

/** A folder: its files with how far each is, and the agents that see them. Files may be dropped on it. */
export function FolderCard({ id, name }: { id: string; name: string }) {
  const queries = useQueryClient();
  const { later, hidden } = useUndo();
  const [sending, setSending] = useState<{ name: string; share: number } | null>(null);
  const [over, setOver] = useState(false);
  const files = useQuery({
    queryKey: ["files", id],
    queryFn: async () => (await api.folders.files.list(id, { limit: 200 })).items,
    refetchInterval: (query) => (query.state.data?.some((file) => reading(file.processing_status)) ? LIVE : false),
  });
  const again = () => queries.invalidateQueries({ queryKey: ["files", id] });
  const upload = useMutation({
    mutationFn: async (chosen: File[]) => {
      for (const file of chosen) {
        setSending({ name: file.name, share: 0 });
        await telling((share) => setSending({ name: file.name, share })).folders.files.upload(id, { file });
      }
    },
    onSettled: () => {
      setSending(null);
      return again();
    },
  });
  return (
    <Card
      withBorder
      p="sm"
      role="group"
      aria-label={`Folder ${name}`}
      bd={over ? "2px dashed teal" : undefined}
      onDragOver={(e) => {
        e.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => {
        e.preventDefault();
        setOver(false);
        if (e.dataTransfer.files.length > 0) upload.mutate([...e.dataTransfer.files]);
      }}
    >
      <Group justify="space-between">
        <Text fw={600}>{name}</Text>
        <Group gap="xs">
          <FileButton multiple onChange={(chosen) => upload.mutate(chosen)}>
            {(props) => (
              <Button size="xs" variant="default" loading={upload.isPending} {...props}>
                Upload
              </Button>
            )}
          </FileButton>
          <Button
            size="xs"
            variant="subtle"
            color="red"
            onClick={() => later({ id, label: `${name} is being deleted.`, run: () => api.folders.delete(id).then(() => queries.invalidateQueries({ queryKey: ["folders"] })) })}
          >
            Delete
          </Button>
        </Group>
      </Group>
      {(files.error || upload.error) && <Trouble error={upload.error ?? files.error} />}
      {sending && (
        <Group gap="xs" wrap="nowrap" mt={4}>
          <Text size="sm">Sending {sending.name}</Text>
          <Progress flex={1} size="sm" value={sending.share * 100} aria-label={`${sending.name} is sent`} />
        </Group>
      )}
      {files.data?.length === 0 && !sending && <Text size="sm">Empty. Drop files here, or upload them.</Text>}
      {files.data
        ?.filter((file) => !hidden.has(file.id ?? ""))
        .map((file) => {
          const total = file.total_chunks ?? 0;
          return (
            <Stack key={file.id} gap={2} mt={4}>
              <Group gap="xs">
                <Text size="sm">{file.file_name}</Text>
                <Badge size="sm" variant="default">
                  {file.processing_status}
                </Badge>
                <Button
                  size="compact-xs"
                  variant="subtle"
                  color="red"
                  aria-label={`Delete the file ${file.file_name}`}
                  onClick={() => later({ id: file.id ?? "", label: `${file.file_name} is being deleted.`, run: () => api.folders.files.delete(file.id ?? "", { folder_id: id }).then(again) })}
                >
                  Delete
                </Button>
              </Group>
              {reading(file.processing_status) && total > 0 && <Progress size="sm" value={((file.chunks_embedded ?? 0) / total) * 100} aria-label={`${file.file_name} is read`} />}
              {file.error_message && (
                <Text size="sm" c="red">
                  {file.error_message}
                </Text>
              )}
            </Stack>
          );
        })}
      <Readers id={id} name={name} />
    </Card>
  );
}

/** The agents that see the folder, and one more. */
function Readers({ id, name }: { id: string; name: string }) {
  const queries = useQueryClient();
  const agents = useQuery({ queryKey: ["agents", "names"], queryFn: async () => (await api.agents.list({ limit: AGENTS })).items.map((each) => ({ id: each.id, name: each.name })) });
  const readers = useQuery({ queryKey: ["readers", id], queryFn: () => api.folders.agents.list(id, { limit: AGENTS }) });
  const changed = () => queries.invalidateQueries({ queryKey: ["readers", id] });
  const attach = useMutation({ mutationFn: (agent: string) => api.agents.folders.attach(id, { agent_id: agent }), onSuccess: changed });
  const detach = useMutation({ mutationFn: (agent: string) => api.agents.folders.detach(id, { agent_id: agent }), onSuccess: changed });
  const nameOf = (agent: string) => agents.data?.find((each) => each.id === agent)?.name ?? agent;
  const error = readers.error ?? attach.error ?? detach.error;
  return (
    <Stack gap={4} mt="xs">
      {error && <Trouble error={error} />}
      {readers.data?.map((agent) => (
        <Group key={agent} gap="xs">
          <Text size="sm">
            Seen by{" "}
            <Anchor component={Link} href={`/agents/${agent}`}>
              {nameOf(agent)}
            </Anchor>
          </Text>
          <Button size="compact-xs" variant="subtle" onClick={() => detach.mutate(agent)} aria-label={`Detach ${nameOf(agent)} from ${name}`}>
            Detach
          </Button>
        </Group>
      ))}
      <Select
        size="xs"
        aria-label={`Attach an agent to ${name}`}
        placeholder="Attach an agent"
        searchable
        value={null}
        data={(agents.data ?? []).filter((each) => !readers.data?.includes(each.id)).map((each) => ({ value: each.id, label: each.name }))}
        onChange={(agent) => agent && attach.mutate(agent)}
        maw={260}
      />
    </Stack>
  );
}
