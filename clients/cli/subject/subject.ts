/** `datong subject`: for persons who ask who accessed their data (谁查过我). */
import type { Command } from 'commander';
import { registerView, registerCounter } from './viewSubject.ts';
import { registerDelays, registerDelay, registerEnd } from './delays.ts';
import { registerService } from './service.ts';
import { registerVerify } from './verify.ts';

export function register(program: Command): void {
  const subject = program
    .command('subject')
    .description(
      '谁查过我：本人查询、窗口查询、核验、暂缓告知 / who looked at my data: view, counter, verify, delays',
    );
  registerView(subject);
  registerCounter(subject);
  registerVerify(subject);
  registerService(subject);
  registerDelay(subject);
  registerDelays(subject);
  registerEnd(subject);
}
