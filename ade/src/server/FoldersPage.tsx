import { Badge, Button, Card, FileButton, Group, Progress, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api";
import { Loading, Trouble } from "../App";
import { useUndo } from "../undo";

/** Between two looks at files that are being read, ms. */
const LIVE = 1_000;

export default function FoldersPage() {
  const queries = useQueryClient();
  const { hidden } = useUndo();
  const [name, setName] = useState("");
  const folders = useQuery({ queryKey: ["folders"], queryFn: async () => (await api.folders.list()).items });
  const make = useMutation({
    mutationFn: () => api.folders.create({ name }),
    onSuccess: () => {
      setName("");
      return queries.invalidateQueries({ queryKey: ["folders"] });
    },
  });
  return (
    <Stack>
      <Title order={1} size="h2">
        Folders
      </Title>
      <Group align="flex-end">
        <TextInput label="New folder" value={name} onChange={(e) => setName(e.currentTarget.value)} />
        <Button onClick={() => make.mutate()} disabled={!name} loading={make.isPending}>
          Make
        </Button>
      </Group>
      {(folders.error || make.error) && <Trouble error={folders.error ?? make.error} />}
      {folders.isPending && <Loading what="Loading folders" />}
      {folders.data?.length === 0 && <Text>No folder yet. A folder holds documents that agents can open, grep and search.</Text>}
      {folders.data?.filter((folder) => !hidden.has(folder.id)).map((folder) => <FolderCard key={folder.id} id={folder.id} name={folder.name} />)}
    </Stack>
  );
}

function FolderCard({ id, name }: { id: string; name: string }) {
  const queries = useQueryClient();
  const { later } = useUndo();
  const files = useQuery({
    queryKey: ["files", id],
    queryFn: async () => (await api.folders.files.list(id, { limit: 200 })).items,
    refetchInterval: (query) => (query.state.data?.some((file) => !["completed", "error"].includes(file.processing_status ?? "completed")) ? LIVE : false),
  });
  const upload = useMutation({
    mutationFn: async (chosen: File[]) => {
      for (const file of chosen) await api.folders.files.upload(id, { file });
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["files", id] }),
  });
  return (
    <Card withBorder p="sm">
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
      {files.data?.length === 0 && <Text size="sm">Empty.</Text>}
      {files.data?.map((file) => {
        const total = file.total_chunks ?? 0;
        const busy = !["completed", "error"].includes(file.processing_status ?? "completed");
        return (
          <Stack key={file.id} gap={2} mt={4}>
            <Group gap="xs">
              <Text size="sm">{file.file_name}</Text>
              <Badge size="sm" variant="default">
                {file.processing_status}
              </Badge>
            </Group>
            {busy && total > 0 && <Progress size="sm" value={((file.chunks_embedded ?? 0) / total) * 100} aria-label={`${file.file_name} is read`} />}
            {file.error_message && (
              <Text size="sm" c="red">
                {file.error_message}
              </Text>
            )}
          </Stack>
        );
      })}
    </Card>
  );
}
