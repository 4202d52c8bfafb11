/** Purpose and context of a call, as flags of a verb; the client signs them with each call. */
import type { Command } from 'commander';
import type { CallContext } from '../sdk/types.ts';
import { defined } from '../../terms/defined.ts';

export interface ContextOptions {
  readonly purpose: string;
  readonly agreement: string;
  readonly onBehalfOf?: string;
  readonly matter?: string;
}

export const withCallContext = (command: Command): Command =>
  withServed(
    command
      .requiredOption('--purpose <code>', 'purpose that the agreement names')
      .requiredOption('--agreement <id>', 'agreement under which it is asked'),
  );

/** The same for a verb that may be under several agreements. */
export const withOpenContext = (command: Command): Command =>
  withServed(
    command
      .requiredOption('--purpose <code>', 'purpose that the agreements name')
      .option('--agreement <id>', 'agreement under which it is asked'),
  );

/** Whom and what a call serves. */
const withServed = (command: Command): Command =>
  command
    .option('--on-behalf-of <id>', 'pseudonymous id of the official (经办人)')
    .option('--matter <number>', 'case number (办件号), as it is written: RX-2026-000451, 京教〔2026〕1号');

export const contextOf = ({ purpose, agreement, onBehalfOf, matter }: ContextOptions): CallContext => ({
  purpose,
  agreement,
  ...defined({ onBehalfOf, matter }),
});
