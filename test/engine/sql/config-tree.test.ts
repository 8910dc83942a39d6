import { expect, test } from "vitest";
import { mergeConfigs, treeConfigs, unusedFolders } from "../../../engine/sql/config-tree.ts";

const TREE = {
  "+materialized": "view",
  shop: {
    schema: "base",
    "+tags": "a",
    staging: { "+materialized": "table", "+docs": { show: true }, orders: { "+enabled": false } },
  },
};

test("a level's settings are the keys with + and the plain keys that hold no mapping", () => {
  expect(treeConfigs(TREE, ["shop", "staging", "orders"])).toEqual([
    { materialized: "view" },
    { schema: "base", tags: "a" },
    { materialized: "table", docs: { show: true } },
    { enabled: false },
  ]);
});

test("a node outside of the tree gets only what lies above it", () => {
  expect(treeConfigs(TREE, ["other", "x"])).toEqual([{ materialized: "view" }]);
});

test("lists add up, mappings merge, everything else is won by the nearer one", () => {
  const merged = mergeConfigs(
    { tags: "a", meta: { x: 1, y: 1 }, materialized: "view", pre_hook: "one" },
    { tags: ["b", "a"], meta: { y: 2 }, materialized: "table", "pre-hook": ["two"] },
  );
  expect(merged).toEqual({
    tags: ["a", "b"],
    meta: { x: 1, y: 2 },
    materialized: "table",
    "pre-hook": ["one", "two"],
  });
});

test("a folder of the tree that holds no model is found", () => {
  expect(unusedFolders(TREE, [["shop", "stagin", "x"]])).toEqual([["shop", "staging"]]);
});
