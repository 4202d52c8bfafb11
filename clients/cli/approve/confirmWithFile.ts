import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DatongRefusal } from '../apply/staffCall.ts';
import type { StaffOptions } from '../profile.ts';
import { data, exitCode, talk, VerbFailure } from '../verb.ts';
import { gapLines } from './decideProposal.ts';
import { asReviewer, bodyOf, sameOr } from './waiting.ts';

/**
 * Accepts a proposal whose paper the second person has before her: what was proposed names the digest of this very file.
 * @param named the digest that a proposal's body names
 * @param options `digest` of the proposal, which she names where it leaves a time without answers
 * @throws VerbFailure (exit 1) for another file, another digest, or a time without answers that she was not shown
 */
export async function confirmWithFile(
  proposal: string,
  file: string,
  options: StaffOptions & { readonly json?: boolean; readonly digest?: string },
  named: (body: unknown) => unknown,
): Promise<void> {
  const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
  await asReviewer(options, async (client) => {
    const path = `/v1/proposals/${encodeURIComponent(proposal)}`;
    const shown = bodyOf(await client.get(path)) as { readonly digest: string; readonly body: unknown };
    if (named(shown.body) !== digest)
      throw new VerbFailure(exitCode.refused, {
        zh: `${file} 不是提交时的那份文件，未确认`,
        en: `${file} is not the paper that was handed in: nothing is confirmed`,
      });
    sameOr(options.digest, shown.digest);
    const [gap] = gapLines(shown.body);
    if (gap !== undefined && options.digest === undefined)
      throw new VerbFailure(exitCode.refused, {
        zh: `${gap}。可以接受的，加 --digest ${shown.digest}；未确认`,
        en: `${gap}. Where that is acceptable, add --digest ${shown.digest}: nothing is confirmed`,
      });
    const reply = await client.post(`${path}/acceptance`, { digest: shown.digest });
    if (reply.status >= 400) throw new DatongRefusal(reply);
    if (options.json === true) data(JSON.stringify(reply.body));
    talk({ zh: '已确认，自日志条目起生效', en: 'confirmed: it stands from its entry on' });
  });
}
