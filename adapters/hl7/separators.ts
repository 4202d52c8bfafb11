/** The separators of one message, from MSH-1 and MSH-2. One that MSH-2 omits is undefined and divides nothing (HL7 v2, 2.5.4). */
export interface Separators {
  readonly field: string;
  readonly component: string;
  readonly repetition: string;
  readonly escape: string | undefined;
  readonly subcomponent: string | undefined;
}

/**
 * @param header the MSH segment
 * @returns undefined where MSH-1 or MSH-2 is not usable: missing, a letter, one mark for two purposes
 */
export function separatorsOf(header: string): Separators | undefined {
  const field = header[3];
  if (field === undefined) return undefined;
  const codes = header.slice(4).split(field, 1)[0] ?? '';
  const [component, repetition, escape, subcomponent] = codes;
  if (component === undefined || repetition === undefined || codes.length > 5) return undefined;
  const marks = field + codes;
  if (/[\w\s"]/.test(marks) || new Set(marks).size !== marks.length) return undefined;
  return { field, component, repetition, escape, subcomponent };
}
