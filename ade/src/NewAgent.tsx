import { Button, Group, Modal, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useLocation } from "wouter";
import { Trouble } from "./App";
import { api } from "./api";

const PERSONA = "I am a helpful companion. I remember what I am told and say when I do not know.";

/** A form that ends at a talking agent. */
export function NewAgent({ inline, close }: { inline?: boolean; close: () => void }) {
  const form = <Form close={close} />;
  return inline ? (
    form
  ) : (
    <Modal opened onClose={close} title="New agent" size="lg">
      {form}
    </Modal>
  );
}

function Form({ close }: { close: () => void }) {
  const [name, setName] = useState("");
  const [model, setModel] = useState<string | null>(null);
  const [human, setHuman] = useState("");
  const [persona, setPersona] = useState(PERSONA);
  const [tags, setTags] = useState("");
  const queries = useQueryClient();
  const [, go] = useLocation();
  const models = useQuery({ queryKey: ["models"], queryFn: () => api.models.list() });
  const handles = [...new Set((models.data ?? []).map((each) => each.handle ?? `${each.provider_name}/${each.name}`))];
  // Real models first: the demo model, and the name of the retired free one that stands for it, are for those who have none.
  const preferred = handles.find((handle) => !/^(demo|letta)\//.test(handle)) ?? handles[0] ?? null;
  const make = useMutation({
    mutationFn: () =>
      api.agents.create({
        name: name || undefined,
        model: model ?? preferred ?? undefined,
        tags: tags.split(",").map((tag) => tag.trim()).filter(Boolean),
        memory_blocks: [
          { label: "human", value: human },
          { label: "persona", value: persona },
        ],
      }),
    onSuccess: (agent) => {
      queries.invalidateQueries({ queryKey: ["agents"] });
      close();
      go(`/agents/${agent.id}`);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput label="Name" placeholder="Left empty, the server finds one" value={name} onChange={(e) => setName(e.currentTarget.value)} data-autofocus />
        <Select label="Model" data={handles} value={model ?? preferred} onChange={setModel} searchable allowDeselect={false} error={models.error ? "The models could not be listed." : undefined} />
        <Textarea label="What it knows about you" placeholder="Name, likes, plans; it adds to this itself" autosize minRows={2} value={human} onChange={(e) => setHuman(e.currentTarget.value)} />
        <Textarea label="Who it is" autosize minRows={2} value={persona} onChange={(e) => setPersona(e.currentTarget.value)} />
        <TextInput label="Tags" placeholder="With commas between" value={tags} onChange={(e) => setTags(e.currentTarget.value)} />
        {make.error && <Trouble error={make.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={make.isPending}>
            Create and talk
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
