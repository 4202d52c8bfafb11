/** Lines of an HL7 file: their ends, and characters that belong to no message. */

/** MLLP: 0B begins a message, 1C ends it. */
export const lineEnd = /(\r\n|[\n\r\u000b\u001c])/;
export const envelope = /^(FHS|BHS|BTS|FTS)(?:$|[^\w\s])/;
export const segmentStart = /^[A-Z][A-Z0-9]{2}/;
/** Characters left between concatenated files: a byte order mark, the end-of-file mark of DOS. */
export const isJoint = (code: number): boolean => code === 0xfeff || code === 0x1a;

export function withoutEndMarks(text: string): string {
  let end = text.length;
  while (text.charCodeAt(end - 1) === 0x1a) end -= 1;
  return text.slice(0, end);
}

/** A line without preceding joint characters, where a file begins there or nothing follows. */
export function withoutJoint(text: string): string {
  let start = 0;
  while (isJoint(text.charCodeAt(start))) start += 1;
  const after = text.slice(start);
  return after === '' || after.startsWith('MSH') || envelope.test(after) ? after : text;
}

/** Whether it ends a line and not a frame. */
export const isLineEnd = (end: string): boolean => end === '\r' || end === '\n' || end === '\r\n';
