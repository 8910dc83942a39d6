import { createHash } from "node:crypto";

export type EventKind = "created" | "joined" | "merged" | "split" | "retired";

/** One line of the match log: the change feed, and enough to rebuild today's table from nothing. */
export interface IdentityEvent {
  readonly runId: string;
  /** Milliseconds since 1970. */
  readonly loggedAt: number;
  readonly event: EventKind;
  readonly entityId: bigint;
  /** merged: into which; split: who got the rest; joined: where the record was before. */
  readonly otherId: bigint | null;
  /** joined: the record; retired: the record that vanished, null when the entity is gone. */
  readonly recordId: string | null;
  readonly detail: string | null;
}

/** What is remembered between nights. */
export interface Identity {
  readonly records: ReadonlyMap<string, { readonly entityId: bigint; readonly sinceRun: string }>;
  /** Merged away → where it lives on; never a chain. */
  readonly redirects: ReadonlyMap<bigint, bigint>;
  readonly log: readonly IdentityEvent[];
}

export const NO_IDENTITY: Identity = { records: new Map(), redirects: new Map(), log: [] };

/**
 * Gives each cluster (its record ids) a lasting id. The entity with the greatest overlap keeps its id, the older
 * one on a tie; a cluster nobody claims gets a new id, or that of a retired entity whose records came back.
 * The result depends on the clusters and the memory, never on their order.
 */
export function identify(
  entity: string,
  before: Identity,
  clusters: readonly (readonly string[])[],
  night: { readonly runId: string; readonly startedAt: Date },
): {
  readonly ids: readonly bigint[];
  readonly after: Identity;
  /** What the night added to the log. */
  readonly news: readonly IdentityEvent[];
} {
  const sorted = clusters.map((records) => [...records].sort(byText));
  const age = agesOf(before.log);
  const ids = claimIds(before, sorted, age);
  reopenRetired(before, sorted, ids);
  const used = new Set(before.log.map(({ entityId }) => entityId));
  const order = sorted
    .map((_, index) => index)
    .sort((left, right) => byText(sorted[left]?.[0] ?? "", sorted[right]?.[0] ?? ""));
  for (const index of order) {
    if (ids[index] !== undefined) continue;
    const id = newId(entity, sorted[index]?.[0] ?? "", used);
    used.add(id);
    ids[index] = id;
  }
  const final = ids.map((id) => id ?? 0n);
  return { ids: final, ...remember(before, sorted, final, night) };
}

/** Everything remembered, told again from the log alone. */
export function remembered(log: readonly IdentityEvent[]): Identity {
  const records = new Map<string, { entityId: bigint; sinceRun: string }>();
  const redirects = new Map<bigint, bigint>();
  for (const { event, entityId, otherId, recordId, runId } of log) {
    if (event === "merged" && otherId !== null) redirects.set(entityId, otherId);
    if (recordId === null) continue;
    if (event === "joined") records.set(recordId, { entityId, sinceRun: runId });
    if (event === "retired") records.delete(recordId);
  }
  return { records, redirects: flattened(redirects), log };
}

/** First 63 bits of a hash over the entity's name and its smallest record, so a rebuild finds the same ids. */
function newId(entity: string, record: string, used: ReadonlySet<bigint>): bigint {
  for (let salt = 0; ; salt += 1) {
    const hash = createHash("sha256").update(`${entity}\n${record}\n${salt}`).digest();
    const id = hash.readBigUInt64BE() >> 1n;
    if (id > 0n && !used.has(id)) return id;
  }
}

/** Order of creation: smaller is older. */
function agesOf(log: readonly IdentityEvent[]): Map<bigint, number> {
  const ages = new Map<bigint, number>();
  for (const { event, entityId } of log) {
    if (event === "created" && !ages.has(entityId)) ages.set(entityId, ages.size);
  }
  return ages;
}

function claimIds(
  before: Identity,
  clusters: readonly (readonly string[])[],
  age: ReadonlyMap<bigint, number>,
): (bigint | undefined)[] {
  const claims: { id: bigint; cluster: number; overlap: number; first: string }[] = [];
  for (const [cluster, records] of clusters.entries()) {
    const overlaps = new Map<bigint, number>();
    for (const record of records) {
      const id = before.records.get(record)?.entityId;
      if (id !== undefined) overlaps.set(id, (overlaps.get(id) ?? 0) + 1);
    }
    for (const [id, overlap] of overlaps) {
      claims.push({ id, cluster, overlap, first: records[0] ?? "" });
    }
  }
  return grant(clusters.length, claims, age);
}

function grant(
  count: number,
  claims: { id: bigint; cluster: number; overlap: number; first: string }[],
  age: ReadonlyMap<bigint, number>,
): (bigint | undefined)[] {
  const ids: (bigint | undefined)[] = Array.from({ length: count });
  const taken = new Set<bigint>();
  claims.sort(
    (left, right) =>
      right.overlap - left.overlap ||
      (age.get(left.id) ?? 0) - (age.get(right.id) ?? 0) ||
      byText(left.first, right.first),
  );
  for (const { id, cluster } of claims) {
    if (taken.has(id) || ids[cluster] !== undefined) continue;
    taken.add(id);
    ids[cluster] = id;
  }
  return ids;
}

/** A cluster of records that were all away takes up the entity they had, unless that one lives on elsewhere. */
function reopenRetired(
  before: Identity,
  clusters: readonly (readonly string[])[],
  ids: (bigint | undefined)[],
): void {
  const living = new Set([...before.records.values()].map(({ entityId }) => entityId));
  const last = new Map<string, bigint>();
  for (const { event, entityId, recordId } of before.log) {
    if (event === "retired" && recordId !== null) last.set(recordId, entityId);
  }
  const claims: { id: bigint; cluster: number; overlap: number; first: string }[] = [];
  for (const [cluster, records] of clusters.entries()) {
    if (ids[cluster] !== undefined) continue;
    const overlaps = new Map<bigint, number>();
    for (const record of records) {
      const id = last.get(record);
      if (id === undefined || living.has(id) || before.redirects.has(id)) continue;
      overlaps.set(id, (overlaps.get(id) ?? 0) + 1);
    }
    for (const [id, overlap] of overlaps) {
      claims.push({ id, cluster, overlap, first: records[0] ?? "" });
    }
  }
  for (const [cluster, id] of grant(clusters.length, claims, agesOf(before.log)).entries()) {
    if (id !== undefined) ids[cluster] = id;
  }
}

function remember(
  before: Identity,
  clusters: readonly (readonly string[])[],
  ids: readonly bigint[],
  { runId, startedAt }: { readonly runId: string; readonly startedAt: Date },
): { readonly after: Identity; readonly news: readonly IdentityEvent[] } {
  const records = new Map<string, { entityId: bigint; sinceRun: string }>();
  const events: IdentityEvent[] = [];
  const living = new Set([...before.records.values()].map(({ entityId }) => entityId));
  const moved = new Map<bigint, Map<bigint, number>>();
  const alive = new Set(ids);

  function log(event: EventKind, entityId: bigint, rest: Partial<IdentityEvent> = {}): void {
    events.push({
      runId,
      loggedAt: startedAt.getTime(),
      event,
      entityId,
      otherId: null,
      recordId: null,
      detail: null,
      ...rest,
    });
  }

  for (const [index, members] of clusters.entries()) {
    const id = ids[index] ?? 0n;
    if (!living.has(id)) log("created", id, { detail: counted(members.length) });
    for (const recordId of members) {
      const old = before.records.get(recordId);
      records.set(recordId, {
        entityId: id,
        sinceRun: old?.entityId === id ? old.sinceRun : runId,
      });
      if (old?.entityId === id) continue;
      log("joined", id, { recordId, otherId: old?.entityId ?? null });
      if (!old) continue;
      const targets = moved.get(old.entityId) ?? new Map<bigint, number>();
      targets.set(id, (targets.get(id) ?? 0) + 1);
      moved.set(old.entityId, targets);
    }
  }
  for (const [recordId, { entityId }] of before.records) {
    if (!records.has(recordId)) log("retired", entityId, { recordId, detail: "record is gone" });
  }
  const redirects = new Map(before.redirects);
  for (const id of living) {
    const targets = [...(moved.get(id) ?? [])].sort(
      ([left, most], [right, more]) => more - most || byId(left, right),
    );
    if (alive.has(id)) {
      for (const [to, count] of targets) log("split", id, { otherId: to, detail: counted(count) });
      continue;
    }
    const [to] = targets;
    if (!to) {
      log("retired", id);
      continue;
    }
    log("merged", id, { otherId: to[0], detail: counted(to[1]) });
    redirects.set(id, to[0]);
  }
  const news = events.sort(byEvent);
  const after = { records, redirects: flattened(redirects), log: [...before.log, ...news] };
  return { after, news };
}

/** Each redirect leads to where it ends. */
function flattened(redirects: ReadonlyMap<bigint, bigint>): Map<bigint, bigint> {
  return new Map([...redirects.keys()].map((from) => [from, lastOf(redirects, from)]));
}

function lastOf(redirects: ReadonlyMap<bigint, bigint>, from: bigint): bigint {
  let at = from;
  for (let next = redirects.get(at); next !== undefined; next = redirects.get(at)) at = next;
  return at;
}

const EVENT_ORDER: readonly EventKind[] = ["created", "retired", "joined", "split", "merged"];

function byEvent(left: IdentityEvent, right: IdentityEvent): number {
  return (
    EVENT_ORDER.indexOf(left.event) - EVENT_ORDER.indexOf(right.event) ||
    byId(left.entityId, right.entityId) ||
    byText(left.recordId ?? "", right.recordId ?? "") ||
    byId(left.otherId ?? 0n, right.otherId ?? 0n)
  );
}

function counted(records: number): string {
  return records === 1 ? "1 record" : `${records} records`;
}

function byText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function byId(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
