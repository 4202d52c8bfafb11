/** `datong subject`: persons who ask who looked at their data (谁查过我). */
import type { Command } from 'commander';
import { registerCounter } from './counter.ts';
import { registerDelay } from './delay.ts';
import { registerDelays } from './delays.ts';
import { registerEnd } from './end.ts';
import { registerService } from './service.ts';
import { registerVerify } from './verify.ts';
import { registerView } from './view.ts';

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
