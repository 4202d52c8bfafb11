/** One record a line. */
export function linesOf(records: readonly Readonly<Record<string, unknown>>[]): Buffer {
  let text = '';
  for (const record of records) text += `${JSON.stringify(record)}\n`;
  return Buffer.from(text, 'utf8');
}
