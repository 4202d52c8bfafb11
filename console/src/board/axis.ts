/**
 * The last value of an axis of whole numbers that begins at 0: at least `highest`, and its half is a whole number too.
 * @returns 2, 4 or 10, times a power of ten
 */
export function axisEnd(highest: number): number {
  for (let power = 1; ; power *= 10)
    for (const step of [2, 4, 10]) if (step * power >= highest) return step * power;
}
