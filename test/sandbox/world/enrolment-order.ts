// Which citizens are enrolled: whole or half households spread over the municipality, the showcase citizen's first. Each
// place in the order is computed, so that a million numbers can be streamed.

const chunk = 5;

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));

/** The index at a place of the order, both from 0 below `citizens`. */
export const indexAt = (place: number, citizens: number): number => {
  const chunks = Math.floor(citizens / chunk);
  if (place >= chunks * chunk) return place;
  let stride = Math.floor(chunks * 0.618) | 1;
  while (greatestDivisor(stride, chunks) !== 1) stride += 2;
  return ((Math.floor(place / chunk) * stride) % chunks) * chunk + (place % chunk);
};
