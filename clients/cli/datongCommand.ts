import { Command } from 'commander';

declare module 'commander' {
  // it is an EventEmitter, which its own types leave out
  interface Command {
    emit(event: string | symbol, ...values: unknown[]): boolean;
  }
}

/**
 * A SHA-256 thumbprint (RFC 7638: 43 characters of base64url) that begins with a hyphen: one in
 * 64 does, and no option is written like it.
 */
const thumbprintWithHyphen = /^-[\w-]{42}$/;

/** marks a word while options are separated from words; no argument of a process can contain it */
const mark = '\0';

const asWord = (argument: string): string =>
  thumbprintWithHyphen.test(argument) ? `${mark}${argument}` : argument;

const asGiven = (word: string): string => (word.startsWith(mark) ? word.slice(mark.length) : word);

/** Former names of `--out`, which work for one more release and are not in the help. */
const formerOut = /^--(?:output|to)(?==|$)/;

/** `--out` for a former name of it, where the command has `--out` and no option of the former name. */
function renamed({ options }: Command, argument: string): string {
  const [former] = formerOut.exec(argument) ?? [];
  const has = (name: string): boolean => options.some(({ long }) => long === name);
  return former === undefined || has(former) || !has('--out')
    ? argument
    : `--out${argument.slice(former.length)}`;
}

/** A command whose arguments may be key ids: one that begins with a hyphen is still an argument. */
export class DatongCommand extends Command {
  override createCommand(name?: string): DatongCommand {
    return new DatongCommand(name);
  }

  override parseOptions(given: string[]): { operands: string[]; unknown: string[] } {
    const { operands, unknown } = super.parseOptions(given.map((one) => renamed(this, asWord(one))));
    return { operands: operands.map(asGiven), unknown: unknown.map(asGiven) };
  }

  // an option reports its value as an event
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    return super.emit(event, ...values.map((value) => (typeof value === 'string' ? asGiven(value) : value)));
  }
}
