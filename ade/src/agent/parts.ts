import type { ContextParts } from "../api";

export interface Part {
  name: string;
  tokens: number;
  text: string;
  colour: string;
  about: string;
}

/** Colours of the Mantine palette that differ in light and dark, and for those who see few colours by order as well. */
const colour = (name: string) => `var(--mantine-color-${name}-6)`;

/** What is in the context window, in the order in which the model reads it. */
export function partsOf(context: ContextParts): Part[] {
  const all: Part[] = [
    { name: "Instructions", tokens: context.num_tokens_system, text: context.system_prompt, colour: colour("indigo"), about: "How the agent shall be; the same in every call." },
    { name: "Core memory", tokens: context.num_tokens_core_memory, text: context.core_memory, colour: colour("teal"), about: "The blocks that are always in sight and that the agent edits itself." },
    { name: "Tool rules", tokens: context.num_tokens_tool_usage_rules, text: context.tool_usage_rules ?? "", colour: colour("grape"), about: "Which tool may be called when." },
    { name: "Files", tokens: context.num_tokens_directories + context.num_tokens_memory_filesystem, text: [context.directories, context.memory_filesystem].filter(Boolean).join("\n"), colour: colour("cyan"), about: "Folders, and the files that are open." },
    { name: "About memory", tokens: context.num_tokens_external_memory_summary, text: context.external_memory_summary, colour: colour("gray"), about: "How much lies outside the window, to be searched." },
    { name: "Tools", tokens: context.num_tokens_functions_definitions, text: JSON.stringify(context.functions_definitions, null, 1), colour: colour("violet"), about: "Descriptions of what it can call." },
    { name: "Summary", tokens: context.num_tokens_summary_memory, text: context.summary_memory ?? "", colour: colour("orange"), about: "What was said before and has left the window, in short." },
    { name: "Messages", tokens: context.num_tokens_messages, text: JSON.stringify(context.messages, null, 1), colour: colour("blue"), about: "The conversation itself." },
  ];
  return all.filter((part) => part.tokens > 0);
}
