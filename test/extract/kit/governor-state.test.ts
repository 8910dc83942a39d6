import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import {
  type GovernorState,
  readGovernorState,
  writeGovernorState,
} from "../../../extract/kit/governor-state.ts";

function folder(): string {
  const data = mkdtempSync(join(tmpdir(), "leadhouse-governor-"));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  return data;
}

test("what was written is read, and nothing else is left in the folder", async () => {
  const data = folder();
  const state: GovernorState = {
    quota: { day: "2026-11-20", used: 7 },
    due: 12.5,
    hosts: {
      "register.example": {
        learned: { limit: 3, proven: 6 },
        breaker: { openedAt: 1, probeAt: 2, reason: "answered 403" },
      },
    },
  };
  await writeGovernorState(data, "register", state);
  expect(readGovernorState(data, "register")).toEqual(state);
  expect(readdirSync(join(data, "governor"))).toEqual(["register.json"]);
});

test.each([
  ["none", undefined],
  ["a torn one", '{"quota": {"day"'],
  ["one of another shape", '{"hosts": {"a": {"learned": 7}}}'],
])("%s is as before the first night", (_name, text) => {
  const data = folder();
  mkdirSync(join(data, "governor"));
  if (text !== undefined) writeFileSync(join(data, "governor", "register.json"), text);
  expect(readGovernorState(data, "register")).toEqual({ hosts: {} });
});
