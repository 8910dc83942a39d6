import { expect, test } from "vitest";
import {
  failureOfBody,
  failureOfNetwork,
  failureOfStatus,
  pauseOf,
} from "../../../extract/kit/classify.ts";

const NOW = new Date("2026-11-20T02:00:00Z");

test.each([
  [200, undefined],
  [304, undefined],
  [400, "fatal"],
  [401, "blocked"],
  [402, "blocked"],
  [403, "blocked"],
  [404, "fatal"],
  [408, "retry"],
  [413, "fatal"],
  [422, "fatal"],
  [425, "retry"],
  [429, "retry"],
  [500, "retry"],
  [503, "retry"],
  [504, "retry"],
  [509, "retry"],
  [520, "retry"],
])("status %i is %s", (status, outcome) => {
  expect(failureOfStatus(status, undefined, NOW)?.outcome).toBe(outcome);
});

test.each([
  ["7", 7000],
  ["0", 0],
  ["-5", 0],
  ["31536000", 120_000],
  ["Fri, 20 Nov 2026 02:00:30 GMT", 30_000],
  ["Fri, 20 Nov 2026 01:00:00 GMT", 0],
  ["Sat, 20 Nov 2027 02:00:00 GMT", 120_000],
  ["abc", undefined],
  ["", undefined],
  [undefined, undefined],
])("Retry-After %j pauses %j ms", (header, pause) => {
  expect(pauseOf(header, NOW)).toBe(pause);
});

test.each([
  ["ECONNRESET", "retry"],
  ["ECONNREFUSED", "retry"],
  ["ENOTFOUND", "retry"],
  ["UND_ERR_HEADERS_TIMEOUT", "retry"],
  ["CERT_HAS_EXPIRED", "retry"],
  ["Z_DATA_ERROR", "retry"],
  ["ERR_INVALID_URL", "fatal"],
])("network error %s is %s", (code, outcome) => {
  expect(failureOfNetwork(Object.assign(new Error("said"), { code })).outcome).toBe(outcome);
});

test.each([
  ["", "sent nothing where CSV was due"],
  [
    "<!doctype html><title>Down for maintenance</title>",
    'sent a page ("Down for maintenance") where CSV was due',
  ],
  ["\ufeff\r\n  <?xml version='1.0'?>", "sent a page where CSV was due"],
  ["a,<b>\n", undefined],
])("body %j: %s", (body, message) => {
  expect(failureOfBody(Buffer.from(body), "CSV", 200)?.message).toBe(message);
});
