/** Reads the arguments of `npm run scenario`. */
import { parseArgs } from 'node:util';
import { defined } from '../terms/defined.ts';
import { fullSize, packs } from './packs.ts';

/** The city alone, without a scenario. */
export interface CityArguments {
  readonly kind: 'city';
  readonly people: number;
  readonly seed: number;
  /** folder for its tables */
  readonly out: string;
}

export interface RunArguments {
  readonly kind: 'scenario';
  readonly name: string;
  readonly people: number;
  readonly seconds: number;
  readonly seed: number;
  /** folder for everything that was sent and received */
  readonly out?: string;
  /** writes the result into the scenario's pages */
  readonly report: boolean;
}

/** Arguments that are not valid; the message states the usage. */
export class UsageFault extends Error {}

const usage =
  'usage: npm run scenario -- NAME [--people N] [--seconds T] [--seed S] [--out FOLDER] [--report]\n' +
  '       npm run scenario -- city --out FOLDER [--people N] [--seed S]\n' +
  '       npm run scenario -- list';

/** With fewer people a scenario has too few applications, cases and alarms for its checks. */
const minPeople = 500;

/** @throws UsageFault */
function wholeNumber(name: string, text: string, min: number, max: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new UsageFault(`--${name} must be a whole number from ${min} to ${max}, not '${text}'`);
}

/** @returns `list` where the names of the scenarios are to be listed. @throws UsageFault */
export function runArguments(words: readonly string[]): RunArguments | CityArguments | 'list' {
  const { positionals, values } = parsed(words);
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new UsageFault(usage);
  if (name === 'list') return 'list';
  if (name !== 'city' && !Object.hasOwn(packs, name))
    throw new UsageFault(`there is no scenario '${name}'; there are: ${Object.keys(packs).join(', ')}`);
  const people = wholeNumber('people', values.people, minPeople, fullSize.people);
  const seed = wholeNumber('seed', values.seed, 1, 2 ** 31 - 1);
  const { out } = values;
  if (name === 'city') {
    if (out === undefined || values.report || values.seconds !== undefined) throw new UsageFault(usage);
    return { kind: 'city', people, seed, out };
  }
  const seconds = wholeNumber('seconds', values.seconds ?? '20', 10, 3_600);
  return { kind: 'scenario', name, people, seconds, seed, report: values.report, ...defined({ out }) };
}

/** @throws UsageFault of an unknown option, or one without its value */
function parsed(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        people: { type: 'string', default: '2000' },
        seconds: { type: 'string' },
        seed: { type: 'string', default: '1' },
        out: { type: 'string' },
        report: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageFault(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}
