import { Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, words, type Json } from "../api";
import { Trouble } from "../App";

/** How long nobody types before the schema is read, ms. */
const PAUSE = 400;

/** Source on top, the schema that the server would read from it below; saving replaces the tool of the same name. */
export default function ToolEditor({ start, close }: { start: string; close: () => void }) {
  const [source, setSource] = useState(start);
  const [settled] = useDebouncedValue(source, PAUSE);
  const queries = useQueryClient();
  const schema = useQuery({
    queryKey: ["schema", settled],
    queryFn: () => api.post("/v1/tools/generate-schema", { body: { code: settled, source_type: "python" } }) as Promise<Json>,
    enabled: settled.trim() !== "",
    retry: false,
    // The last schema stays in sight while the next is read; that of a source that is wrong does not.
    placeholderData: (before) => before,
  });
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
        <section aria-label="What the model will see" aria-live="polite">
          <Text size="sm" fw={600}>
            What the model will see
          </Text>
          {schema.error ? (
            <Text size="sm" className="text">
              {words(schema.error)}
            </Text>
          ) : (
            <Text className="mono">{schema.data ? JSON.stringify(schema.data, null, 1) : "…"}</Text>
          )}
        </section>
      </Stack>
    </Modal>
  );
}
