// Embeddings without a model: words and groups of letters, hashed into 256 dimensions, weighted by
// how rare they are (TF-IDF) and normalised. Small and deterministic, yet near means alike: what
// shares rare words, or their stems, lies close together.

export const dimensionCount = 256;

export interface Embedding {
  /** A vector of length one. */
  embed(text: string): number[];
}

/** Each feature is spread over so many places: two that share one place still differ. */
const spread = 6;
const letterWeight = 1 / 8;
const fillers = new Set(
  (
    "a an and are as at be by can do does for from has have how in into is it its made make makes " +
    "of on or so that the their there they this to was what when where which who why with"
  ).split(" "),
);

/** Learns from the texts which words are rare. */
export function fitEmbedding(texts: readonly string[]): Embedding {
  const textCounts = new Map<string, number>();
  for (const text of texts) {
    for (const feature of featuresOf(text).keys()) {
      textCounts.set(feature, (textCounts.get(feature) ?? 0) + 1);
    }
  }
  // What no text has can find nothing and would only make noise.
  const rarity = (feature: string): number => {
    const count = textCounts.get(feature) ?? 0;
    return count === 0 ? 0 : Math.log((1 + texts.length) / count);
  };
  return {
    embed(text) {
      const vector = Array.from({ length: dimensionCount }, () => 0);
      for (const [feature, weight] of featuresOf(text)) {
        const value = weight * rarity(feature);
        for (let copy = 0; copy < spread; copy++) {
          const hash = hashOf(`${copy}${feature}`);
          const at = (hash >>> 1) % dimensionCount;
          vector[at] = (vector[at] ?? 0) + (hash & 1 ? value : -value);
        }
      }
      return normalised(vector);
    },
  };
}

/** The words of a text and the groups of four letters in them, with their weights. */
function featuresOf(text: string): ReadonlyMap<string, number> {
  const features = new Map<string, number>();
  const add = (feature: string, weight: number): void => {
    features.set(feature, (features.get(feature) ?? 0) + weight);
  };
  for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
    if (fillers.has(word)) continue;
    add(word.replace(/(?<=\p{L}{3})(e?s|ed|ing)$/u, "").slice(0, 6), 1);
    const framed = `<${word}>`;
    for (let at = 0; at + 4 <= framed.length; at++) {
      add(`~${framed.slice(at, at + 4)}`, letterWeight);
    }
  }
  return features;
}

/** FNV-1a with a final stir, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function normalised(vector: readonly number[]): number[] {
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}
