/** Steps from text to text, in the order in which they run: dropInvisible, trim, width, case, then split, slice, pad. */
import { visibleText } from '../../reading/text/textSigns.ts';
import { trimmed } from '../../reading/text/trimmed.ts';
import { Fault } from '../fault.ts';
import type { FieldSpec } from '../document.ts';

export type TextStep = (text: string) => string;

/** U+FF01–FF5E are the ASCII marks at full width; U+3000 is the ideographic space. */
function halfWidth(text: string): string {
  return /[\uff01-\uff5e\u3000]/.test(text)
    ? text
        .replaceAll(/[\uff01-\uff5e]/g, (mark) => String.fromCharCode(mark.charCodeAt(0) - 0xfee0))
        .replaceAll('\u3000', ' ')
    : text;
}

/** Whether a text is ASCII without lower-case letters, as most codes and numbers are: upper-casing does not change it. */
function isUpper(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 96) return false;
  return true;
}

/** Steps that clean a cell before the check whether it has a value. */
export function cleaningStep(spec: FieldSpec): TextStep | undefined {
  const steps: TextStep[] = [];
  if (spec.dropInvisible === true) steps.push(visibleText);
  if (spec.trim === true) steps.push(trimmed);
  if (spec.width === true) steps.push(halfWidth);
  if (spec.width === true && spec.trim === true) steps.push(trimmed);
  if (spec.upper === true) steps.push((text) => (isUpper(text) ? text : text.toUpperCase()));
  if (spec.lower === true) steps.push((text) => text.toLowerCase());
  return composed(steps);
}

const splitFault = new Fault(
  'split.missing',
  '按分隔文字拆分后没有所需的那一段',
  'has no such part after splitting',
);

/** Steps that cut or pad a text that is known to have a value. */
export function shapingStep(spec: FieldSpec): ((text: string) => string | Fault) | undefined {
  const { split, slice, pad } = spec;
  if (split === undefined && slice === undefined && pad === undefined) return undefined;
  return (cell) => {
    let text = cell;
    if (split !== undefined) {
      const part = text.split(split.by)[split.index];
      if (part === undefined) return splitFault;
      text = part;
    }
    if (slice !== undefined) text = [...text].slice(slice[0], slice[1]).join('');
    if (pad !== undefined)
      text = pad.side === 'right' ? text.padEnd(pad.to, pad.with) : text.padStart(pad.to, pad.with);
    return text;
  };
}

function composed(steps: readonly TextStep[]): TextStep | undefined {
  const [first, second] = steps;
  if (first === undefined || second === undefined) return first;
  if (steps.length === 2) return (text) => second(first(text));
  return (text) => steps.reduce((value, step) => step(value), text);
}
