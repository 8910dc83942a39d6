import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { openBudget } from "../../../extract/kit/budget.ts";
import { openSpending } from "../../../extract/kit/spending.ts";
import { lookups } from "./lookups.ts";
import { reply, serve } from "./server.ts";

const PAID = { count: 20, dollars_per_call: 0.1 };

test("a run never costs more than its budget, retries included", async () => {
  const server = await serve(reply(503, "", { "retry-after": "0" }), reply(200, "found"));
  const own = lookups({ url: server.url, ...PAID, budget: { dollars: 0.7 } });
  expect(await own.night()).toMatchObject([
    {
      requests: 7,
      dollars: expect.closeTo(0.7),
      amount: "6 rows, $0.70",
      warnings: ["14 requests not sent: the budget of $0.70 a run is used"],
    },
  ]);
});

test("a night's budget holds over its runs and ends with the UTC day", async () => {
  const server = await serve(reply(200, "found"));
  const own = lookups({ url: server.url, ...PAID, budget: { night: { dollars: 0.5 } } });
  const asked = async (hours: number) => (await own.night({ hours }))[0]?.requests;
  expect(await asked(0)).toBe(5);
  expect(await asked(1)).toBe(0);
  expect(await asked(24)).toBe(5);
});

test("the profile's budget is for all its sources together, by run and by night", async () => {
  const server = await serve(reply(200, "found"));
  const own = lookups({ url: server.url, ...PAID });
  const budget = { requests: 6, night: { requests: 8 } };
  const warnings = async () => (await own.night({ hours: 1, budget }))[0]?.warnings;
  expect(await warnings()).toEqual([
    "14 requests not sent: the budget of 6 requests a run for all sources is used",
  ]);
  expect(await warnings()).toEqual([
    "12 requests not sent: the budget of 8 requests a night for all sources is used",
  ]);
});

test("no order of calls and days spends more than any of the budgets", () => {
  const amount = fc.double({ min: 0, max: 20, noNaN: true });
  fc.assert(
    fc.property(
      fc.record({
        run: amount,
        night: amount,
        all: amount,
        price: fc.double({ min: 0.01, max: 3, noNaN: true }),
      }),
      fc.array(fc.tuple(fc.constantFrom("a", "b"), fc.integer({ min: 0, max: 10 })), {
        maxLength: 60,
      }),
      ({ run, night, all, price }, calls) => {
        const data = mkdtempSync(join(tmpdir(), "leadhouse-budget-"));
        onTestFinished(() => rmSync(data, { recursive: true, force: true }));
        let hour = 0;
        const now = () => new Date(hour * 3_600_000);
        const spending = openSpending(data);
        const budgets = Object.fromEntries(
          ["a", "b"].map((source) => {
            const limits = { dollars: run, night: { dollars: night } };
            const shared = { night: { dollars: all } };
            const options = { source, limits, shared, dollarsPerCall: price, spending };
            return [source, openBudget(options, { now })];
          }),
        );
        const spent = new Map<string, number>();
        const add = (key: string) => spent.set(key, (spent.get(key) ?? 0) + price);
        for (const [source, hours] of calls) {
          hour += hours;
          const day = Math.floor(hour / 24);
          try {
            budgets[source]?.dial();
          } catch {
            continue;
          }
          expect(add(`${source} run`).get(`${source} run`)).toBeLessThanOrEqual(run + 1e-6);
          expect(add(`${source} ${day}`).get(`${source} ${day}`)).toBeLessThanOrEqual(night + 1e-6);
          expect(add(`all ${day}`).get(`all ${day}`)).toBeLessThanOrEqual(all + 1e-6);
        }
      },
    ),
  );
});
