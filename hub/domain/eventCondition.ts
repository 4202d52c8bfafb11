/** The syntax of the conditions of rules that raise events. Pure. */

type Comparison = '>' | '>=' | '<' | '<=' | '=';

export interface Threshold {
  readonly kind: 'threshold';
  readonly field: string;
  readonly is: Comparison;
  readonly value: number;
  /** how many of the last readings must satisfy it */
  readonly needed: number;
  readonly readings: number;
}

export interface Change {
  readonly kind: 'change';
  readonly field: string;
  readonly direction: 'rises' | 'falls';
  readonly by: number;
  readonly withinMs: number;
}

interface Silence {
  readonly kind: 'silence';
  readonly forMs: number;
}

export type Condition = Threshold | Change | Silence;

const units = { s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const field = String.raw`([A-Za-z][A-Za-z0-9_]{0,62})`;
const number = String.raw`(-?\d{1,15}(?:\.\d{1,6})?)`;
const duration = String.raw`(\d{1,6}) (s|min|h|d)`;
const forms = {
  threshold: new RegExp(
    `^${field} (>=|<=|>|<|=) ${number}(?: for (?:(\\d{1,3}) of )?(\\d{1,3}) readings?)?$`,
  ),
  change: new RegExp(`^${field} (rises|falls) ${number} in ${duration}$`),
  silence: new RegExp(`^no reading for ${duration}$`),
};

const maxReadings = 100;
const maxPeriodMs = { change: units.d, silence: 30 * units.d };
/** The job detects a silence at its next run, so a shorter minimum would have no effect. */
const minSilence = 10 * units.s;

/** undefined where the text is no condition. */
export function parseCondition(text: string): Condition | undefined {
  return parseThreshold(text) ?? parseChange(text) ?? parseSilence(text);
}

export function parseThreshold(text: string): Threshold | undefined {
  const [found, name = '', is, value, needed, of] = forms.threshold.exec(text) ?? [];
  if (found === undefined) return undefined;
  const readings = Number(of ?? 1);
  const condition: Threshold = {
    kind: 'threshold',
    field: name,
    is: is as Comparison,
    value: Number(value),
    readings,
    needed: Number(needed ?? readings),
  };
  const { needed: least } = condition;
  return readings >= 1 && readings <= maxReadings && least >= 1 && least <= readings ? condition : undefined;
}

function parseChange(text: string): Change | undefined {
  const [found, name = '', direction, by, count, unit] = forms.change.exec(text) ?? [];
  if (found === undefined) return undefined;
  const withinMs = Number(count) * units[unit as keyof typeof units];
  const fits = Number(by) > 0 && withinMs > 0 && withinMs <= maxPeriodMs.change;
  return fits
    ? { kind: 'change', field: name, direction: direction as Change['direction'], by: Number(by), withinMs }
    : undefined;
}

function parseSilence(text: string): Silence | undefined {
  const [found, count, unit] = forms.silence.exec(text) ?? [];
  if (found === undefined) return undefined;
  const forMs = Number(count) * units[unit as keyof typeof units];
  return forMs >= minSilence && forMs <= maxPeriodMs.silence ? { kind: 'silence', forMs } : undefined;
}

/** Whether a value satisfies the comparison. */
export function compares({ is, value }: Threshold, found: number): boolean {
  switch (is) {
    case '>':
      return found > value;
    case '>=':
      return found >= value;
    case '<':
      return found < value;
    case '<=':
      return found <= value;
    case '=':
      return found === value;
  }
}
