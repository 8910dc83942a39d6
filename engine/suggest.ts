import Fuse from "fuse.js";

/** ` — did you mean "x"?`, or nothing when no candidate is near. */
export function suggest(word: string, candidates: Iterable<string>): string {
  const near = nearest(word, candidates);
  return near === undefined ? "" : ` — did you mean "${near}"?`;
}

/** The candidate a typing mistake most likely meant. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const fuse = new Fuse([...new Set(candidates)], {
    threshold: 0.4,
    distance: 200,
    ignoreLocation: true,
    includeScore: true,
  });
  return fuse.search(word, { limit: 1 })[0]?.item ?? swapped(word, candidates);
}

/** Two letters in each other's place: the mistake Fuse counts as two. */
function swapped(word: string, candidates: Iterable<string>): string | undefined {
  const swaps = new Set(
    Array.from({ length: word.length - 1 }, (_, at) =>
      `${word.slice(0, at)}${word[at + 1]}${word[at]}${word.slice(at + 2)}`.toLowerCase(),
    ),
  );
  return [...candidates].find((candidate) => swaps.has(candidate.toLowerCase()));
}
