/** The first moment of a day in China. @param day `2026-01-31` */
export const midnightInChina = (day: string): string => `${day}T00:00:00+08:00`;

/** A moment in China's time zone. @param local date and time of an input field: `2026-01-31T08:30`, with seconds or without */
export const momentInChina = (local: string): string =>
  `${local.length === 16 ? `${local}:00` : local}+08:00`;
