import { Button, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api";
import { Loading, Trouble } from "../App";
import { useUndo } from "../undo";
import { FolderCard } from "./FolderCard";

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
