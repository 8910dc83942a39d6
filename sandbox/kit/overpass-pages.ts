import { type Answer, textAnswer, WORLD_DATE } from "./stand-in.ts";

/** Overpass answers trouble with a page of HTML, whatever the query asked for. */
export function overpassError(status: number, message: string): Answer {
  return textAnswer(
    status,
    "text/html; charset=utf-8",
    `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"
    "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
<head>
  <meta http-equiv="content-type" content="text/html; charset=utf-8" lang="en"/>
  <title>OSM3S Response</title>
</head>
<body>

<p>The data included in this document is from www.openstreetmap.org. The data is made available under ODbL.</p>
<p><strong style="color:#FF0000">Error</strong>: ${message} </p>

</body>
</html>
`,
  );
}

export function rateLimited(): Answer {
  return overpassError(
    429,
    "runtime error: open64: 0 Success /osm3s_osm_base Dispatcher_Client::request_read_and_idx::rate_limited. Please check /api/status for the quota of your IP address.",
  );
}

export function tooBusy(): Answer {
  return overpassError(
    504,
    "runtime error: open64: 0 Success /osm3s_osm_base Dispatcher_Client::request_read_and_idx::timeout. The server is probably too busy to handle your request.",
  );
}

/** `GET /api/status`: how many queries this address may still run at once. */
export function overpassStatus(now: Date, limit: number, running: number): Answer {
  const free = Math.max(0, limit - running);
  const later = new Date(now.getTime() + 2000);
  const slots =
    free > 0
      ? `${free} slots available now.`
      : `Slot available after: ${isoSecond(later)}, in 2 seconds.`;
  return textAnswer(
    200,
    "text/plain",
    `Connected as: 2130706433
Current time: ${isoSecond(now)}
Announced endpoint: none
Rate limit: ${limit}
${slots}
Currently running queries (pid, space limit, time limit, start time):
`,
  );
}

/** The envelope of an answer around its elements; `remark` is how a failed query reports with status 200. */
export function overpassJson(elements: readonly unknown[], remark?: string): Answer {
  const document = {
    version: 0.6,
    generator: "Overpass API 0.7.62.8 e802775f",
    osm3s: {
      timestamp_osm_base: isoSecond(WORLD_DATE),
      copyright:
        "The data included in this document is from www.openstreetmap.org. The data is made available under ODbL.",
    },
    elements,
    ...(remark === undefined ? {} : { remark }),
  };
  return {
    status: 200,
    headers: { "content-type": "application/json" },
    body: Buffer.from(`${JSON.stringify(document, null, 2)}\n`, "utf8"),
  };
}

function isoSecond(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
