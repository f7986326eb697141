import { Button, Modal, Stack, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api";
import { Trouble } from "../App";

/** A button and a form that make a block of the agent's own. */
export default function NewBlock({ agentId }: { agentId: string }) {
  const [open, setOpen] = useState(false);
  const [label, setLabel] = useState("");
  const [value, setValue] = useState("");
  const queries = useQueryClient();
  const make = useMutation({
    mutationFn: async () => {
      const block = await api.blocks.create({ label, value });
      await api.agents.blocks.attach(block.id, { agent_id: agentId });
    },
    onSuccess: () => {
      setOpen(false);
      queries.invalidateQueries({ queryKey: ["blocks", agentId] });
    },
  });
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpen(true)}>
        New block
      </Button>
      <Modal opened={open} onClose={() => setOpen(false)} title="New block">
        <Stack>
          <TextInput label="Label" value={label} onChange={(e) => setLabel(e.currentTarget.value)} data-autofocus />
          <Textarea label="Text" autosize minRows={3} value={value} onChange={(e) => setValue(e.currentTarget.value)} />
          {make.error && <Trouble error={make.error} />}
          <Button onClick={() => make.mutate()} disabled={!label} loading={make.isPending}>
            Add
          </Button>
        </Stack>
      </Modal>
    </>
  );
}
