/** `datong consent duty`: the duties of a department for data it received, and its signed statements. */
import type { Command } from 'commander';
import { registerList, registerState } from './duties.ts';

export function register(program: Command): void {
  const duty = program
    .command('duty')
    .description('义务事项：查看、声明 / what is owed for data received: list, state');
  registerList(duty);
  registerState(duty);
}
