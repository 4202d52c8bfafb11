/**
 * A number with its noun, in English: `1 row`, `2 rows`.
 * @param plural where it is not the noun with an s
 */
export const counted = (count: number, noun: string, plural: string = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : plural}`;
