/** `datong hub authority`: the ceremony of the hub's root, on a machine of its own. Nothing here needs a hub or a network. */
import type { Command } from 'commander';
import { registerProlong } from './prolong.ts';
import { registerRequest } from './request.ts';
import { registerRoot } from './root.ts';
import { registerSign } from './sign.ts';

export function register(program: Command): void {
  const authority = program
    .command('authority')
    .description(
      '离线根与中间签发机构：建根、申请、签发、吊销与延长 / the offline root and its intermediate authorities: make, request, sign, revoke, prolong',
    );
  registerRoot(authority);
  registerRequest(authority);
  registerSign(authority);
  registerProlong(authority);
}
