/** Splink's m of a level that has none: 0.95 for the closest; the others share what is left. */
export function sharedM(levels: number, gamma: number): number {
  return gamma === levels - 1 ? 0.95 : (1 - 0.95) / (levels - 1);
}

/** Splink's u of a level that has none: match weights of 10 for the closest, of -5 to 3 in even steps below. */
export function interpolatedU(levels: number, gamma: number): number {
  const even = levels > 2 ? -5 + (gamma * 8) / (levels - 2) : -5;
  return sharedM(levels, gamma) / 2 ** (gamma === levels - 1 ? 10 : even);
}
