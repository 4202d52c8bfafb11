/** `datong subject verify`: verifies that the hub signed a view, without the hub. */
import type { Command } from 'commander';
import { verifySubjectView, type SignedSubjectView } from '../../sdk/subjects.ts';
import { Problem } from '../../../terms/problem.ts';
import { readBoundedText } from '../boundedFile.ts';
import { identifierFrom } from '../consent/consents.ts';
import { readVerificationKeys } from '../verificationKeys.ts';
import { data, exitCode, talk, VerbFailure } from '../verb.ts';

interface VerifyOptions {
  readonly anchors: string;
  readonly person?: string;
  readonly json?: boolean;
}

/** Maximum bytes: a thousand access records, each with three hundred fields. */
const maxBytes = 64 * 1024 * 1024;

export function registerVerify(subject: Command): void {
  subject
    .command('verify')
    .description('离线核验查询结果的签名 / check the signature of a view, offline')
    .argument('<file>', 'the view as --json printed it')
    .requiredOption('--anchors <file>', "the hub's anchors.json")
    .option('--person <file>', 'also that it is about the person whose identifier is in this file')
    .option('--json', 'answer {ok, findings} as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong subject verify view.json --anchors anchors.json --person child.txt',
    )
    .action(verify);
}

async function verify(file: string, { anchors, person, json }: VerifyOptions): Promise<void> {
  const keys = new Map(readVerificationKeys(anchors).map((key) => [key.keyid as string, key]));
  const signed = viewIn(file);
  if (person !== undefined && signed.salt === undefined)
    throw new VerbFailure(exitCode.local, {
      zh: `${file} 没有 salt，不能核对是否所述此人；请用查询时 --json 的输出`,
      en: `${file} has no salt, so it cannot be compared with a person: use what --json printed`,
    });
  const opening =
    person === undefined ? undefined : { value: identifierFrom(person), salt: signed.salt ?? '' };
  const fault = await verifySubjectView(signed, (keyid) => keys.get(keyid), opening).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof Problem) return error;
      throw error;
    },
  );
  const findings =
    fault === undefined ? [] : [{ code: fault.code, path: fault.extras.check, message: fault.text }];
  if (json === true) data(JSON.stringify({ ok: fault === undefined, findings }));
  if (fault !== undefined) {
    throw new VerbFailure(
      exitCode.verification,
      fault.extras.check === 'subject'
        ? { zh: '签名成立，但所述的不是此人', en: 'the signature holds, but it concerns another person' }
        : {
            zh: '签名不成立：不是该枢纽签发，或已被改动',
            en: 'the signature does not hold: not this hub’s, or altered',
          },
    );
  }
  talk({ zh: '签名成立，由该枢纽签发', en: 'the hub signed this very view' });
}

function viewIn(file: string): SignedSubjectView {
  const value: unknown = JSON.parse(readBoundedText(file, maxBytes));
  const isView = typeof value === 'object' && value !== null && 'view' in value && 'signature' in value;
  if (isView && typeof value.signature === 'string') return value as SignedSubjectView;
  throw new VerbFailure(exitCode.local, { zh: `${file} 不是查询结果`, en: `${file} is not a view` });
}
