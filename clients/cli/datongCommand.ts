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

/** A command whose arguments may be key ids: one that begins with a hyphen is still an argument. */
export class DatongCommand extends Command {
  override createCommand(name?: string): DatongCommand {
    return new DatongCommand(name);
  }

  override parseOptions(given: string[]): { operands: string[]; unknown: string[] } {
    const { operands, unknown } = super.parseOptions(given.map(asWord));
    return { operands: operands.map(asGiven), unknown: unknown.map(asGiven) };
  }

  // an option reports its value as an event
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    return super.emit(event, ...values.map((value) => (typeof value === 'string' ? asGiven(value) : value)));
  }
}
