/**
 * A text as it may reach a terminal: names, titles and values of a file are a stranger's, and a control sequence in one of them would
 * move the cursor, hide a line or reorder it. Such signs show as `·`; line ends and tabs stay.
 */
export function printable(text: string): string {
  return text.replace(hidden, '·');
}

const hidden = /(?![\n\t])[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;
