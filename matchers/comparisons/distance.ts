import type { Comparison } from "../kit/spec.ts";

/** How far apart two positions lie. Also prepares what the blocking rule by metres needs. */
export function distance(
  name: string,
  columns: { readonly latitude: string; readonly longitude: string },
): Comparison {
  const lat = `try_cast(${columns.latitude} as double)`;
  const lon = `try_cast(${columns.longitude} as double)`;
  const onMap = `isfinite(${lat}) and isfinite(${lon}) and abs(${lat}) <= 90 and abs(${lon}) <= 180`;
  const metres = `${name}_metres`;
  return {
    name,
    columns: {
      // Half a position is none.
      lat: `case when ${onMap} then ${lat} end`,
      lon: `case when ${onMap} then ${lon} end`,
      lon_metres: `case when ${onMap} then 111320 * cos(radians(${lat})) end`,
      // 25.79, -80.13 stands for any place within a kilometre; both figures must be short to say so.
      coarse_metres: `case
    when ${onMap} and round(${lat}, 2) = ${lat} and round(${lon}, 2) = ${lon} then 1000
    when ${onMap} and round(${lat}, 3) = ${lat} and round(${lon}, 3) = ${lon} then 100
    else 0
  end`,
    },
    similarities: [
      {
        [metres]: `case when l.lat is not null and r.lat is not null then greatest(
      0,
      sqrt(((l.lon - r.lon) * l.lon_metres) ** 2 + ((l.lat - r.lat) * 110574) ** 2)
        - greatest(l.coarse_metres, r.coarse_metres)
    ) end`,
      },
    ],
    known: `${metres} is not null`,
    levels: [
      { label: "within 25 m", when: `${metres} <= 25`, m: 0.35, u: 0.0001 },
      { label: "within 75 m", when: `${metres} <= 75`, m: 0.3, u: 0.0005 },
      { label: "within 150 m", when: `${metres} <= 150`, m: 0.15, u: 0.001 },
      { label: "within 400 m", when: `${metres} <= 400`, m: 0.1, u: 0.004 },
      { label: "within 1 km", when: `${metres} <= 1000`, m: 0.06, u: 0.02 },
      { label: "farther away", m: 0.04, u: 0.9744 },
    ],
  };
}
