import { describe, expect, it } from "vitest";
import { add, asking, fromStored, type Item, type Wire } from "./thread";

const play = (events: Wire[], tokens = true) => events.reduce<Item[]>((items, event) => add(items, event, tokens), []);

describe("a thread", () => {
  it("joins the pieces of a message and keeps others apart", () => {
    const items = play([
      { id: "m1", message_type: "reasoning_message", reasoning: "I " },
      { id: "m1", message_type: "reasoning_message", reasoning: "think" },
      { id: "m1", message_type: "assistant_message", content: "Hel" },
      { message_type: "ping" },
      { id: "m1", message_type: "assistant_message", content: [{ type: "text", text: "lo" }] },
      { id: "m2", message_type: "assistant_message", content: "Again" },
    ]);
    expect(items.map((item) => [item.kind, "text" in item ? item.text : ""])).toEqual([
      ["reasoning", "I think"],
      ["assistant", "Hello"],
      ["assistant", "Again"],
    ]);
  });

  it("puts a return at its call, whatever came between", () => {
    const items = play([
      { id: "m1", message_type: "tool_call_message", tool_call: { tool_call_id: "a", name: "look", arguments: '{"q":' } },
      { id: "m1", message_type: "tool_call_message", tool_call: { tool_call_id: "a", arguments: "1}" } },
      { id: "m1", message_type: "tool_call_message", tool_call: { tool_call_id: "b", name: "see", arguments: "{}" } },
      { id: "m2", message_type: "tool_return_message", tool_call_id: "a", tool_return: "found", status: "success", stdout: ["out\n"] },
    ]);
    expect(items).toMatchObject([
      { name: "look", args: '{"q":1}', result: { ok: true, text: "found", output: "out\n" } },
      { name: "see", args: "{}", result: null },
    ]);
  });

  it("keeps the images of a return beside its words, and no kind that models do not read", () => {
    const image = (media_type: string) => ({ type: "image", source: { type: "base64", media_type, data: "aGk=" } });
    const back = (tool_return: unknown): Wire => ({ id: "m2", message_type: "tool_return_message", tool_call_id: "a", tool_return, status: "success" });
    expect(fromStored([back([{ type: "text", text: "the map" }, image("image/png"), image("image/svg+xml")])])).toMatchObject([{ result: { text: "the map", images: ["data:image/png;base64,aGk="] } }]);
    expect(fromStored([back([image("image/webp")])])).toMatchObject([{ result: { text: "", images: ["data:image/webp;base64,aGk="] } }]);
    expect(fromStored([back([1, 2])])).toMatchObject([{ result: { text: "[\n 1,\n 2\n]", images: [] } }]);
  });

  it("knows what waits for a person until it is answered", () => {
    const ask: Wire = { id: "m1", message_type: "approval_request_message", tool_calls: [{ tool_call_id: "a", name: "rm", arguments: "{}" }] };
    const before = play([ask], false);
    expect(asking(before)).toHaveLength(1);
    expect(asking(add(before, { id: "m2", message_type: "tool_return_message", tool_call_id: "a", tool_return: "no", status: "error" }, false))).toHaveLength(0);
  });

  it("shows stored messages once, with images and summaries", () => {
    const items = fromStored([
      { id: "m0", message_type: "user_message", content: [{ type: "text", text: "see" }, { type: "image", source: { type: "base64", media_type: "image/png", data: "AA" } }] },
      { id: "m1", message_type: "summary_message", summary: "Earlier: hello." },
      { id: "m1", message_type: "summary_message", summary: "Earlier: hello." },
      { message_type: "stop_reason" },
    ]);
    expect(items).toMatchObject([
      { kind: "user", text: "see", images: ["data:image/png;base64,AA"] },
      { kind: "summary", text: "Earlier: hello." },
    ]);
    expect(items).toHaveLength(2);
  });

  it("says why a run failed", () => {
    expect(play([{ message_type: "error_message", detail: "model down" }])).toMatchObject([{ kind: "error", text: "model down" }]);
  });
});
