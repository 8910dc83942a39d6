import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startEmbedded, statusEmbedded, stopEmbedded } from "../../loaders/kit/embedded.ts";
import { openFolder } from "./target.ts";

let data = "";

beforeAll(() => {
  data = openFolder();
});

afterAll(async () => {
  await stopEmbedded(data);
  rmSync(data, { recursive: true, force: true });
});

test("a start makes a server that listens on loopback only, and a second one finds it", async () => {
  const first = await startEmbedded(data);
  expect(first.running).toBe(true);
  expect(first.url).toBe(`postgres://leadhouse:leadhouse@127.0.0.1:${first.port}/leadhouse`);
  const second = await startEmbedded(data);
  expect(second.pid).toBe(first.pid);
  const settings = readFileSync(join(first.folder, "cluster", "postgresql.conf"), "utf8");
  expect(settings).toContain("listen_addresses = '127.0.0.1'");
});

test("a stop ends it, a start brings it back on the same port", async () => {
  const { port } = await statusEmbedded(data);
  expect((await stopEmbedded(data)).running).toBe(false);
  expect((await statusEmbedded(data)).running).toBe(false);
  expect((await startEmbedded(data)).port).toBe(port);
});

test("a server that was killed starts again", async () => {
  const { pid } = await startEmbedded(data);
  process.kill(pid!, "SIGKILL");
  const again = await startEmbedded(data);
  expect(again.running).toBe(true);
  expect(again.pid).not.toBe(pid);
});

test("a pid file whose number belongs to another process by now is no server", async () => {
  const { folder } = await stopEmbedded(data);
  const path = join(folder, "cluster", "postmaster.pid");
  writeFileSync(path, `${process.pid}\n${folder}/cluster\n0\n5432\n\n127.0.0.1\n0\nready\n`);
  expect((await statusEmbedded(data)).running).toBe(false);
  expect((await startEmbedded(data)).running).toBe(true);
});

test("another configured port moves the server there", async () => {
  const { port } = await startEmbedded(data);
  const other = await startEmbedded(data, { port: port! + 1 });
  expect(other.port).toBe(port! + 1);
});

test("root lends its server to another user, everybody else runs it as himself", async () => {
  const { folder } = await statusEmbedded(data);
  const { uid } = statSync(join(folder, "cluster"));
  if (process.getuid?.() === 0) expect(uid).not.toBe(0);
  else expect(uid).toBe(process.getuid?.());
});
