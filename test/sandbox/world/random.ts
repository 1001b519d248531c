// Repeatable chance: the same seed and labels always give the same draws, on every machine and in any order.
// Nothing here is for secrets. Generator: sfc32 keyed by an FNV-1a hash of the labels.

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Whole number, both ends included. */
  int(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** `count` different elements, in the list's order. */
  some<T>(list: readonly T[], count: number): readonly T[];
}

const mixed = (value: number): number => {
  let x = value >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
  return (x ^ (x >>> 16)) >>> 0;
};

/** Two hashes of 32 bits, far enough apart for keys of 64. */
const hashOf = (seed: number, labels: readonly (string | number)[]): readonly [number, number] => {
  let hash = (0x811c9dc5 ^ Math.imul(seed | 0, 0x9e3779b1)) >>> 0;
  let other = mixed(seed ^ 0x2545f491);
  for (const label of labels) {
    if (typeof label === 'number') {
      hash = mixed(hash ^ Math.imul(label | 0, 0x85ebca6b));
      other = mixed((other + Math.imul(label | 0, 0xc2b2ae35)) | 0);
    } else
      for (let i = 0; i < label.length; i += 1) {
        const unit = label.charCodeAt(i);
        hash = Math.imul(hash ^ unit, 0x01000193) >>> 0;
        other = (Math.imul(other, 31) + unit) | 0;
      }
    hash = Math.imul(hash ^ 0xff, 0x01000193) >>> 0;
    other = (Math.imul(other, 31) + 7) | 0;
  }
  return [mixed(hash), mixed(other)];
};

export const randomOf = (seed: number, ...labels: readonly (string | number)[]): Random => {
  let [a, b] = hashOf(seed, labels);
  let c = mixed(a ^ Math.imul(b, 0x9e3779b1));
  let d = 1;
  const next = (): number => {
    const t = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    return (c >>> 0) / 0x1_0000_0000;
  };
  const int = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  const pick = <T>(list: readonly T[]): T => {
    if (list.length === 0) throw new RangeError('Nothing to pick from.');
    return list[int(0, list.length - 1)] as T;
  };
  const some = <T>(list: readonly T[], count: number): readonly T[] => {
    let open = Math.min(count, list.length);
    return list.filter((_, at) => {
      const taken = next() < open / (list.length - at);
      if (taken) open -= 1;
      return taken;
    });
  };
  return { next, int, chance: (probability) => next() < probability, pick, some };
};

/** Two hashes of the labels, for keys. */
export const hashPair = (seed: number, ...labels: readonly (string | number)[]): readonly [number, number] =>
  hashOf(seed, labels);
