/** `datong ticket`: reports of wrong or missing data (数据校核、异议), and the provider's answer. */
import type { Command } from 'commander';
import { registerOpen, registerAnswer } from './tickets.ts';
import { registerList } from './list.ts';

export function register(program: Command): void {
  const ticket = program
    .command('ticket')
    .description('校核与异议：提出、查看、答复 / data that is said to be wrong: open, list, show, answer');
  registerOpen(ticket);
  registerList(ticket);
  registerAnswer(ticket);
}
